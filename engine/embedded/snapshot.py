"""A stack's state as data: rows, pending operations, order and integrity. Pure.

The format is Pulumi's deployment version 3; what the official engine accepts, and what it refuses, was recorded by
running it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from engine.embedded import urns, values
from engine.providers.port import Props

ENGINE_VERSION: Final = "tenant-embedded-1"
_VERSION: Final = 3
Encrypt = Callable[[str], str]


class BadStateError(Exception):
    """A state that cannot be trusted; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One resource in a state. `inputs` and `outputs` carry Secret marks; timeouts are in seconds."""

    urn: str
    type: str
    custom: bool = False
    id: str = ""
    inputs: Props = field(default_factory=dict[str, Any])
    outputs: Props = field(default_factory=dict[str, Any])
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    protect: bool = False
    external: bool = False
    retain_on_delete: bool = False
    delete: bool = False
    pending_replacement: bool = False
    init_errors: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict[str, float])
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return urns.name_of(self.urn)

    def needs(self) -> tuple[str, ...]:
        """URNs that must stand before this row: parent, provider, dependencies, `deletedWith`."""
        provider = (urns.split_reference(self.provider)[0],) if self.provider else ()
        parent = (self.parent,) if self.parent else ()
        several = (urn for needed in self.property_dependencies.values() for urn in needed)
        with_ = (self.deleted_with,) if self.deleted_with else ()
        return tuple(dict.fromkeys((*parent, *provider, *self.dependencies, *several, *with_)))


# the state's camelCase key of each field, in the order in which the official engine writes them
_KEYS: Final = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "custom_timeouts": "customTimeouts",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "created": "created",
    "modified": "modified",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
}
_ALWAYS: Final = frozenset({"urn", "custom", "type"})
_FIELDS: Final = {key: name for name, key in _KEYS.items()}
_TUPLES: Final = frozenset(f.name for f in fields(Row) if str(f.type).startswith("tuple"))


def row_to_json(row: Row, encrypt: Encrypt) -> dict[str, Any]:
    """The row as a checkpoint holds it; empty members are left out."""
    result: dict[str, Any] = {}
    for name, key in _KEYS.items():
        value: Any = getattr(row, name)
        if name in ("inputs", "outputs"):
            value = values.to_state(value, encrypt)
        elif name == "property_dependencies":
            value = {prop: list(needed) for prop, needed in row.property_dependencies.items()}
        elif name in _TUPLES:
            value = list(value)
        if value or name in _ALWAYS:
            result[key] = value
    return {**result, **row.extra}


def row_from_json(data: Mapping[str, Any], decrypt: Encrypt) -> Row:
    """A row of a checkpoint. Members that this engine has no use for are kept as they are."""
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in data.items():
        name = _FIELDS.get(key)
        if name is None:
            extra[key] = value
        elif name in ("inputs", "outputs"):
            known[name] = values.from_state(value, decrypt)
        elif name == "property_dependencies":
            known[name] = {prop: tuple(needed or ()) for prop, needed in value.items()}
        elif name in _TUPLES:
            known[name] = tuple(value)
        else:
            known[name] = value
    return Row(**known, extra=extra)


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that was about to be sent when the state was last written: creating, updating, deleting, reading."""

    row: Row
    type: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows in an order in which every row stands after what it needs, and what is pending."""

    rows: tuple[Row, ...] = ()
    pending: tuple[Pending, ...] = ()

    def live(self, urn: str) -> Row | None:
        """The row of a URN that is not waiting for deletion."""
        return next((row for row in self.rows if row.urn == urn and not row.delete), None)


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, each after what it needs, otherwise in the order given."""
    given = list(rows)
    live = {row.urn: row for row in given if not row.delete}
    placed: dict[int, None] = {}
    result: list[Row] = []

    def place(row: Row) -> None:
        if id(row) in placed:
            return
        placed[id(row)] = None
        for urn in row.needs():
            needed = live.get(urn)
            if needed is not None and needed is not row:
                place(needed)
        result.append(row)

    for row in given:
        place(row)
    return tuple(result)


def without(rows: Iterable[Row], gone: frozenset[str]) -> tuple[Row, ...]:
    """The rows with URNs in `gone` struck from their dependencies."""
    return tuple(stricken(row, gone) for row in rows)


def stricken(row: Row, gone: frozenset[str]) -> Row:
    """The row with URNs in `gone` struck from its dependencies; the very row where none is named."""
    if not gone.intersection(row.needs()):
        return row
    return replace(
        row,
        dependencies=tuple(urn for urn in row.dependencies if urn not in gone),
        property_dependencies={
            prop: tuple(urn for urn in needed if urn not in gone) for prop, needed in row.property_dependencies.items()
        },
        deleted_with="" if row.deleted_with in gone else row.deleted_with,
    )


def faults(snapshot: Snapshot, stack: str | None = None) -> tuple[str, ...]:
    """What is wrong with a state: dangling references, wrong order, doubles, rows that could not be used."""
    found: list[str] = []
    seen: dict[str, Row] = {}
    for row in snapshot.rows:
        found.extend(_row_faults(row, seen, stack))
        if not row.delete:
            if row.urn in seen:
                found.append(f"{row.urn} stands in the state twice")
            seen[row.urn] = row
    return tuple(found)


def _row_faults(row: Row, seen: Mapping[str, Row], stack: str | None) -> Iterable[str]:
    if not row.urn or not row.type:
        yield "a row has no urn or no type"
        return
    if stack is not None and urns.stack_of(row.urn) != stack:
        yield f"{row.urn} belongs to stack {urns.stack_of(row.urn)}, not {stack}"
    if row.id and not row.custom:
        yield f"{row.urn} has an id but is no custom resource"
    if row.custom and not row.id and not row.pending_replacement:
        yield f"{row.urn} is a custom resource without an id"
    if row.custom and not urns.is_provider(row.type) and not row.provider:
        yield f"{row.urn} names no provider"
    for urn in row.needs():
        if urn not in seen:
            yield f"{row.urn} needs {urn}, which does not stand before it"


# ---- deployment version 3


def magic(version: str) -> str:
    """The manifest's check: hex SHA-256 of its version, empty for an empty version."""
    return hashlib.sha256(version.encode()).hexdigest() if version else ""


def deployment(rows: Sequence[Any], pending: Sequence[Any], salt: str, time: str) -> dict[str, Any]:
    """The `deployment` object around rows and pending operations already in JSON form."""
    result: dict[str, Any] = {
        "manifest": {"time": time, "magic": magic(ENGINE_VERSION), "version": ENGINE_VERSION},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
    }
    if rows:
        result["resources"] = list(rows)
    if pending:
        result["pending_operations"] = list(pending)
    return {**result, "metadata": {}}


def pending_to_json(pending: Pending, encrypt: Encrypt) -> dict[str, Any]:
    """A pending operation as the official engine writes it."""
    return {"resource": row_to_json(pending.row, encrypt), "type": pending.type}


def salt_of(data: Mapping[str, Any]) -> str | None:
    """The passphrase salt that a `{version, deployment}` carries; None where it has none yet."""
    body: Mapping[str, Any] = data.get("deployment") or {}
    provider: Mapping[str, Any] = body.get("secrets_providers") or {}
    state: Mapping[str, Any] = provider.get("state") or {}
    return state.get("salt")


def parse(data: Mapping[str, Any], decrypt: Encrypt, stack: str | None = None) -> Snapshot:
    """The snapshot in a checkpoint's `{version, deployment}`. Raises BadStateError with every fault found."""
    version = data.get("version")
    if version != _VERSION:
        raise BadStateError(f"state version {version} cannot be read: this engine reads version {_VERSION}")
    body: Mapping[str, Any] = data.get("deployment") or {}
    manifest: Mapping[str, Any] = body.get("manifest") or {}
    if manifest.get("magic", "") != magic(manifest.get("version", "")):
        raise BadStateError("the state's magic number does not match its version: it was written by hand or damaged")
    snapshot = Snapshot(
        rows=tuple(row_from_json(row, decrypt) for row in body.get("resources") or ()),
        pending=tuple(
            Pending(row_from_json(item["resource"], decrypt), item["type"])
            for item in body.get("pending_operations") or ()
        ),
    )
    if problems := faults(snapshot, stack):
        raise BadStateError("; ".join(problems))
    return snapshot
