"""What a row's inputs look like, as a table: kinds, defaults, what is refused. Pure.

Every property that the official SDK declares stands in its row's table. One that is not there is refused by name,
so that nothing a program says is ever dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from engine.providers.port import UNKNOWN, ChangeKind, CheckFailure, PropertyChange, Props, Unknown

LONGEST_NAME = 63
"""Bytes of an identifier; PostgreSQL cuts a longer one silently (NAMEDATALEN - 1)."""

OF_THE_ENGINE = frozenset({"__defaults"})


class Kind(StrEnum):
    """What a property's value is. A `NAMES` value is a set: its order and repetitions mean nothing."""

    TEXT = "a string"
    NAME = "an identifier of at most 63 bytes"
    NUMBER = "a whole number"
    FLAG = "a boolean"
    LIST = "a list of strings"
    NAMES = "a set of strings"


@dataclass(frozen=True, slots=True)
class Property:
    """One input property of a row.

    `setting` names the provider setting that serves as default (`username`, `database`). `refused` says why any
    value but the default is not taken. `replace` means that a change needs a new resource.
    """

    name: str
    kind: Kind
    default: Any = None
    setting: str = ""
    required: bool = False
    replace: bool = False
    refused: str = ""

    def normal(self, value: Any) -> Any:
        """The value in one form, so that equal meaning compares equal: numbers from the wire are doubles."""
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if self.kind is Kind.NAMES and isinstance(value, list):
            items = cast("list[Any]", value)
            return items if any(isinstance(item, Unknown) for item in items) else sorted(set(items))
        return value


def complete(table: Sequence[Property], inputs: Props, settings: Props) -> Props:
    """Every property of the table, in normal form, with its default where the inputs have none."""
    return {each.name: _value(each, inputs, settings) for each in table}


def _value(each: Property, inputs: Props, settings: Props) -> Any:
    given = inputs.get(each.name)
    if given is not None:
        return each.normal(given)
    return settings.get(each.setting) if each.setting else each.default


def faults(table: Sequence[Property], inputs: Props) -> Iterator[CheckFailure]:
    """Every reason why these inputs can't be taken; unknown values are taken as they are."""
    known = {each.name: each for each in table}
    for name in sorted(inputs.keys() - known.keys() - OF_THE_ENGINE):
        yield CheckFailure(name, f"no such property; there are {', '.join(sorted(known))}")
    for each in table:
        yield from _faults(each, inputs.get(each.name))


def _faults(each: Property, value: Any) -> Iterator[CheckFailure]:
    if value is None:
        if each.required:
            yield CheckFailure(each.name, "is required")
    elif each.refused and each.normal(value) != each.default:
        yield CheckFailure(each.name, each.refused)
    elif not isinstance(value, Unknown) and not _fits(each, each.normal(value)):
        yield CheckFailure(each.name, f"must be {each.kind.value}")


def _fits(each: Property, value: Any) -> bool:
    match each.kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.NAME:
            return isinstance(value, str) and 0 < len(value.encode()) <= LONGEST_NAME and "\0" not in value
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.LIST | Kind.NAMES:
            return isinstance(value, list) and all(
                isinstance(item, str | Unknown) for item in cast("list[object]", value)
            )


def changes(table: Sequence[Property], olds: Props, news: Props) -> Iterator[PropertyChange]:
    """Which properties differ between two completed sets of inputs."""
    for each in table:
        old, new = olds[each.name], news[each.name]
        if old is UNKNOWN or new is UNKNOWN or old != new:
            kind = ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE
            yield PropertyChange(each.name, kind, each.replace)


def drifted(wanted: Props, live: Props) -> Props:
    """The properties that are now other than wanted; what nobody asked for (None) is the server's own affair."""
    return {name: live[name] for name, value in wanted.items() if name in live and value not in (None, live[name])}
