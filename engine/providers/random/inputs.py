"""What random resources take, as tables. Pure. A property that is not in its table is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.providers.port import CheckFailure, Props, Unknown

PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105 - the name of a type
STRING: Final = "random:index/randomString:RandomString"
ID: Final = "random:index/randomId:RandomId"

CLASSES: Final = {"lower": "minLower", "upper": "minUpper", "numeric": "minNumeric", "special": "minSpecial"}
"""Which characters may occur, and the property that says how many of them at least."""


@dataclass(frozen=True, slots=True)
class Property:
    """One input: the type of its value, its default, whether it has to be there."""

    type: type
    default: Any = None
    required: bool = False


_CHARACTERS: Mapping[str, Property] = {
    "length": Property(int, required=True),
    "keepers": Property(dict),
    "overrideSpecial": Property(str),
    **{each: Property(bool, True) for each in CLASSES},
    **{each: Property(int, 0) for each in CLASSES.values()},
}
TABLES: Final[Mapping[str, Mapping[str, Property]]] = {
    PASSWORD: _CHARACTERS,
    STRING: _CHARACTERS,
    ID: {"byteLength": Property(int, required=True), "keepers": Property(dict), "prefix": Property(str)},
}
_WORDS = {int: "a whole number", dict: "a map of strings", str: "a string", bool: "a boolean"}


def complete(type: str, inputs: Props) -> Props:
    """Every property with its default where the inputs have none; whole numbers as such."""
    return {key: _whole(each.default if inputs.get(key) is None else inputs[key]) for key, each in TABLES[type].items()}


def faults(type: str, inputs: Props) -> Iterator[CheckFailure]:
    """Every reason why these inputs can't be taken."""
    table = TABLES[type]
    for key in sorted(inputs.keys() - table.keys()):
        known = ", ".join(sorted(table))
        yield CheckFailure(
            key, "deprecated; write numeric" if key == "number" else f"no such property; there are {known}"
        )
    wrong = [CheckFailure(key, why) for key, each in table.items() if (why := _fault(each, inputs.get(key)))]
    yield from wrong or _sizes(type, complete(type, inputs))


def _fault(each: Property, value: Any) -> str:
    if value is None:
        return "is required" if each.required else ""
    fits = isinstance(value, Unknown) or type(_whole(value)) is each.type
    return "" if fits else f"must be {_WORDS[each.type]}"


def _sizes(type: str, inputs: Props) -> Iterator[CheckFailure]:
    if type == ID:
        if isinstance(size := inputs["byteLength"], int) and size < 1:
            yield CheckFailure("byteLength", "must be 1 or more")
        return
    if any(isinstance(value, Unknown) for value in inputs.values()):
        return
    least = sum(inputs[each] for each in CLASSES.values())
    if any(inputs[each] < 0 for each in CLASSES.values()):
        yield CheckFailure("length", "the least numbers of characters can't be negative")
    elif inputs["length"] < max(1, least):
        yield CheckFailure("length", f"must be {max(1, least)} or more, the sum of {', '.join(CLASSES.values())}")
    if not any(inputs[each] for each in CLASSES):
        yield CheckFailure("lower", f"one of {', '.join(CLASSES)} has to be true")
    if inputs["special"] and inputs["overrideSpecial"] == "":
        yield CheckFailure("overrideSpecial", "is empty; write special: false for none")


def _whole(value: Any) -> Any:
    """Numbers from the wire are doubles."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
