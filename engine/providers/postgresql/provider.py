"""PostgreSQL for the embedded engine: what all rows share, over the port `engine.providers.port`.

Outputs are the completed inputs with what the server says laid over them. `read` compares every property that can be
read; a password and a database's template can't.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final, cast

from engine.providers.port import (
    UNKNOWN,
    UNSETTLED,
    AnswerLost,
    Call,
    Checked,
    CheckFailure,
    Created,
    Diff,
    Found,
    PartlyDone,
    Props,
    ProviderError,
    Resource,
    Unknown,
)
from engine.providers.postgresql import properties, settings
from engine.providers.postgresql.database import DatabaseRow
from engine.providers.postgresql.default_privileges import DefaultPrivilegesRow
from engine.providers.postgresql.grant import GrantRow
from engine.providers.postgresql.grant_role import GrantRoleRow
from engine.providers.postgresql.role import RoleRow
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.schema import SchemaRow
from engine.providers.postgresql.server import Server
from engine.providers.reach import Reach

_ALL: Final = (RoleRow(), DatabaseRow(), SchemaRow(), GrantRow(), DefaultPrivilegesRow(), GrantRoleRow())
ROWS: Final[dict[str, Row]] = {row.resource_type: row for row in _ALL}
_DEFAULTS = "__defaults"
_SUFFIX_DIGITS = 7


class PostgresqlProvider:
    """Servers that the port `reach` leads to. A server's own certificate is checked where `reach` names its CA."""

    package = "postgresql"
    version = version("pulumi-postgresql")
    rows: Mapping[str, Row] = ROWS

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        """Refuse configuration keys that this provider does not know."""
        return tuple(settings.faults(config))

    def diff_config(self, olds: Props, news: Props) -> Diff:
        """Nothing is made anew: another address or password may well lead to the same data."""
        return Diff()

    def configure(self, config: Props) -> ConfiguredPostgresql:
        """A provider for this login; it may still be unknown."""
        return ConfiguredPostgresql(config, self._reach, self.rows)

    def holds_data(self, type: str) -> bool:
        """Databases and schemas."""
        return type in self.rows and self.rows[type].holds_data


class ConfiguredPostgresql:
    """One server under one login."""

    def __init__(self, config: Props, reach: Reach, rows: Mapping[str, Row]) -> None:
        self._config, self._reach, self._rows = config, reach, rows

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        """Refuse what no row knows; give a name where there is none, the same again on an update."""
        row = self._rows.get(resource.type)
        if row is None:
            return Checked(
                news, (CheckFailure("", f"{resource.type} is not built; there are {', '.join(self._rows)}"),)
            )
        inputs = {key: value for key, value in news.items() if value is not None and key != _DEFAULTS}
        failures = (*properties.faults(row.table, inputs), *row.faults(inputs))
        if row.named and "name" not in inputs:
            inputs |= {"name": _generated(resource, olds or {}, seed), _DEFAULTS: ["name"]}
        return Checked(inputs, failures)

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """Compare completed inputs; two grants on the same objects can't stand side by side, so the old goes first."""
        row = self._row(resource)
        changes = (
            *properties.changes(row.table, self._complete(row, old_inputs), self._complete(row, news)),
            *row.drift(old_outputs),
        )
        return Diff(changes, delete_before_replace=any(change.replace for change in changes))

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        """The completed inputs; what the server decides is unknown at first and kept later."""
        row = self._row(resource)
        wanted = self._complete(row, news)
        return dict.fromkeys(row.computed, UNKNOWN) | {
            key: (old_outputs or {}).get(key, UNKNOWN) if value is None and key in _SERVERS_CHOICE else value
            for key, value in wanted.items()
        }

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        """Make it. Raises ProviderError, AnswerLost, PartlyDone."""
        row, server = self._row(resource), self._server()
        wanted = self._complete(row, inputs)
        with _not_nothing(server):
            row.make(server, wanted, call)
        return Created(row.id(wanted), self._outputs(row, server, wanted))

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        """What it is now; None when it is gone, also with the database around it."""
        row, server = self._row(resource), self._server()
        there = self._there(row, inputs, outputs)
        live = row.look(server, there)
        if live is None:
            return None
        wanted, unsure = self._complete(row, inputs), _unsure(outputs)
        found = Found(id, inputs | properties.drifted(wanted, live), there | live)
        if not unsure:
            return found
        sure = {key: value for key, value in found.inputs.items() if key not in unsure}
        reasons = (f"whether its {', '.join(unsure)} arrived is not known",)
        return Found(id, sure, found.outputs | {UNSETTLED: unsure}, reasons)

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        """Make the live thing so, whatever it is now. Raises ProviderError, AnswerLost, PartlyDone.

        A password whose fate is not known, which no look tells, is recorded as such and sent again.
        """
        row, server = self._row(resource), self._server()
        wanted = self._complete(row, news)
        there = self._there(row, old_inputs, old_outputs) | dict.fromkeys(_unsure(old_outputs), UNKNOWN)
        live = row.look(server, there) or row.look(server, wanted)
        if live is None:
            raise ProviderError(f"{row.noun} {row.id(there)} is gone. Refresh, then apply again: it will be made anew.")
        try:
            with _not_nothing(server):
                row.alter(server, live, there, wanted, call)
        except AnswerLost as error:
            unsure = [each for each in row.unreadable if there[each] != wanted[each]]
            if not unsure:
                raise
            outputs = wanted | {each: live[each] for each in row.identity} | {UNSETTLED: unsure}
            raise PartlyDone(str(error), id=id, outputs=outputs) from error
        return self._outputs(row, server, wanted)

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        """Drop it; no error when it is gone already."""
        row, server = self._row(resource), self._server()
        with _not_nothing(server):
            row.drop(server, self._there(row, inputs, outputs), call)

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        """What an interrupted create with these inputs has left, by its exact name.

        PostgreSQL has no tags, so ownership is told otherwise: what stands there must be alike in every property
        that can be read, and a role with a password must let us in with it. Anything else is somebody else's, and a
        ProviderError says so; a schema with `ifNotExists` and a grant take what stands there, so they are made again.
        """
        row, server = self._row(resource), self._server()
        wanted = self._complete(row, inputs)
        live = row.look(server, wanted)
        if live is None or row.id(wanted) in known:
            return None
        drift = properties.drifted(wanted, live)
        if row.is_ours(server, wanted, drift):
            return Found(row.id(wanted), inputs, wanted | live)
        if row.may_be_taken(wanted):
            return None
        differing = ", ".join(sorted(drift)) or "password"
        raise ProviderError(
            f"{row.noun} {row.id(wanted)} stands there already and is not ours: another {differing}. "
            "Rename or drop it, or choose another name."
        )

    def invoke(self, token: str, args: Props) -> Props:
        """No data sources are built. Raises ProviderError."""
        raise ProviderError(f"The data source {token} is not built.")

    def _row(self, resource: Resource) -> Row:
        if resource.type not in self._rows:
            raise ProviderError(f"{resource.type} is not built; there are {', '.join(self._rows)}.")
        return self._rows[resource.type]

    def _server(self) -> Server:
        if missing := settings.unknown_keys(self._config):
            raise ProviderError(f"The server can't be reached before {', '.join(missing)} of the provider is known.")
        return Server(settings.parse(self._config), self._reach)

    def _complete(self, row: Row, inputs: Props) -> Props:
        return properties.complete(row.table, inputs, settings.known(self._config))

    def _there(self, row: Row, inputs: Props, outputs: Props) -> Props:
        """The inputs under the identity last recorded: a rename may have been started and not done."""
        return self._complete(row, inputs) | {key: outputs[key] for key in row.identity if outputs.get(key) is not None}

    def _outputs(self, row: Row, server: Server, wanted: Props) -> Props:
        """What was asked for, and what the server made of it. Raises PartlyDone where it can't be read any more."""
        try:
            live = row.look(server, wanted)
        except ProviderError as error:
            raise PartlyDone(f"It was made but can't be read: {error}", id=row.id(wanted), outputs=wanted) from error
        return wanted | (live or {})


@contextmanager
def _not_nothing(server: Server) -> Generator[None]:
    """Once a change has taken effect, a later refusal must not read as "nothing came of it"."""
    try:
        yield
    except AnswerLost:
        raise
    except ProviderError as error:
        if not server.accepted:
            raise
        raise AnswerLost(f"A part of it was done, then: {error}") from error


def _unsure(outputs: Props) -> list[str]:
    """Properties that an earlier call may have set or not."""
    noted = outputs.get(UNSETTLED)
    return [str(each) for each in cast("list[Any]", noted)] if isinstance(noted, list) else []


_SERVERS_CHOICE = frozenset({"tablespaceName"})


def _generated(resource: Resource, olds: Props, seed: bytes) -> str | Unknown:
    """`name-1a2b3c4`, as the official provider names what has no name; the one of last time where it was generated."""
    if "name" in olds.get(_DEFAULTS, ()):
        return olds["name"]
    return f"{resource.name}-{hashlib.sha256(seed).hexdigest()[:_SUFFIX_DIGITS]}"
