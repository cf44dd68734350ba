"""`rowsecurity:index:RowSecurity`, a type of our own: all tables of one schema, kept apart by row.

One resource stands for all of them: a table that a migration adds is closed until an apply after a refresh has seen it.
Beside `protected` it says which tables are not as they should be (`unprotected`, which is drift), which have no column
to go by and are therefore closed to the role (`closed`), and what goes round the policies (`exposed`), which no
statement of ours can mend. USAGE on the schema and on its sequences is for grants to give.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from engine.providers.port import Call, ChangeKind, CheckFailure, PropertyChange, Props, ProviderError
from engine.providers.postgresql import grantees, row_policies
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.provider import PostgresqlProvider
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.row_policies import Wanted
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session

TYPE: Final = "rowsecurity:index:RowSecurity"


class RowSecurityRow(Row):
    """The tables of one schema of one database, for one role."""

    resource_type = TYPE
    noun = "row security"
    identity = ("database", "schema", "role")
    computed = ("protected", "unprotected", "closed", "exposed")
    named = False
    table = (
        Property("database", Kind.NAME, required=True, replace=True),
        Property("schema", Kind.NAME, required=True, replace=True),
        Property("role", Kind.NAME, required=True, replace=True),
        Property("column", Kind.NAME, "tenant_id"),
        Property("privileges", Kind.NAMES, sorted(row_policies.PRIVILEGES)),
    )

    def id(self, wanted: Props) -> str:
        """`database.schema.role`."""
        return f"{wanted['database']}.{wanted['schema']}.{wanted['role']}"

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Privileges that row security does not cover, and policies for everybody."""
        given = inputs.get("privileges")
        listed = cast("list[Any]", given) if isinstance(given, list) else []
        if unknown := sorted({each for each in listed if isinstance(each, str)} - {*row_policies.PRIVILEGES}):
            allowed = ", ".join(row_policies.PRIVILEGES)
            yield CheckFailure("privileges", f"{', '.join(unknown)} goes round row security; there are {allowed}")
        if str(inputs.get("role")).lower() == "public":
            yield CheckFailure("role", "must be the role that tenants' logins are members of")

    def look(self, server: Server, wanted: Props) -> Props | None:
        """Every table with what is wrong with it; None when the database, the schema or the role is gone."""
        with server.reading(wanted["database"]) as session:
            asked = _asked(session, wanted) if session else None
            if session is None or asked is None:
                return None
            found = row_policies.tables(session, asked)
            exposed = row_policies.exposed(session, asked, found)
        wrong = {each.name: list(row_policies.faults(each, asked)) for each in found}
        live: Props = {each.name: wanted[each.name] for each in self.table}
        return live | {
            "protected": [each.name for each in found if each.column and not wrong[each.name]],
            "unprotected": [f"{table}: {', '.join(why)}" for table, why in wrong.items() if why],
            "closed": [each.name for each in found if not each.column and not wrong[each.name]],
            "exposed": exposed,
        }

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """Protect every table that is not yet, each in a transaction of its own."""
        with server.changing(call, wanted["database"]) as session:
            asked = _asked(session, wanted)
            if asked is None:
                raise ProviderError(
                    f"There is no schema {wanted['schema']} in {wanted['database']}, or no role {wanted['role']}."
                )
            for table in row_policies.tables(session, asked):
                if needed := list(row_policies.statements(table, asked)):
                    with session.transaction(), session.acting_as(table.owner):
                        for statement in needed:
                            session.change(statement)

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """As `make`."""
        self.make(server, wanted, call)

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """Take every table back from the role; row security stays on."""
        if self.look(server, there) is None:
            return
        with server.changing(call, there["database"]) as session:
            asked = _asked(session, there)
            for table in row_policies.tables(session, asked) if asked else ():
                if asked and (needed := list(row_policies.closing(table, asked))):
                    with session.transaction(), session.acting_as(table.owner):
                        for statement in needed:
                            session.change(statement)

    def drift(self, outputs: Props) -> Iterator[PropertyChange]:
        """Tables that the last look found unprotected, each for itself."""
        for place, _ in enumerate(outputs.get("unprotected") or ()):
            yield PropertyChange(f"unprotected[{place}]", ChangeKind.UPDATE)

    def is_ours(self, server: Server, wanted: Props, drift: Props) -> bool:
        """Policies have no maker: they are put right, whatever they were."""
        return False

    def may_be_taken(self, wanted: Props) -> bool:
        """As `is_ours` says."""
        return True


class RowSecurityProvider(PostgresqlProvider):
    """The package `rowsecurity`: configured as `postgresql` is."""

    package = "rowsecurity"
    version = "1.0.0"
    rows = {TYPE: RowSecurityRow()}  # noqa: RUF012 - a constant of the class


def _asked(session: Session, wanted: Props) -> Wanted | None:
    role = grantees.oid(session, wanted["role"])
    if role is None or not session.ask(
        "SELECT 1 FROM pg_namespace WHERE nspname = %(schema)s", schema=wanted["schema"]
    ):
        return None
    privileges = frozenset(cast("list[str]", wanted["privileges"]))
    return Wanted(wanted["schema"], wanted["column"], wanted["role"], role, privileges)
