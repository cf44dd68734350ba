"""What pydantic found, said as this project says things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails, PydanticCustomError


@dataclass(frozen=True, slots=True)
class Sentence:
    """Why a value will not do, what would, and the words among which the nearest is looked for."""

    why: str
    allowed: str = ""
    wrong: object = ""
    known: tuple[str, ...] = ()


def refuse(why: str, *, allowed: str = "", known: tuple[str, ...] = (), nearest: str = "") -> PydanticCustomError:
    """An error for a field's validator to raise, which keeps what is allowed and what is near."""
    context = {"why": why, "allowed": allowed, "known": known, "nearest": nearest}
    return PydanticCustomError("refused", "{why}", context)


def sentence(details: ErrorDetails, keys: tuple[str, ...]) -> Sentence:
    """One pydantic error as a sentence; `keys` are those that the section around the field may have."""
    kind, value = details["type"], details.get("input")
    context = cast("Mapping[str, Any]", details.get("ctx") or {})
    if kind == "refused":
        known = context["known"] or ((context["nearest"],) if context["nearest"] else ())
        return Sentence(context["why"], context["allowed"], value, known)
    if kind == "extra_forbidden":
        return Sentence("there is no such key", ", ".join(keys), details["loc"][-1], keys)
    if kind == "missing":
        return Sentence("the key is missing")
    if kind in {"enum", "literal_error"}:
        words = _quoted(str(context.get("expected", "")))
        return Sentence(f"`{value}` is not known", ", ".join(words), value, words)
    if kind == "string_type" and isinstance(value, (int, float)):
        return Sentence(f"{_shown(value)} will not do", "text, so in quotes")  # YAML takes the id 641461e3 for a number
    return Sentence(f"{_shown(value)} will not do", _plain(details["msg"]))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models that a field's type is made of, through Optional, list and dict."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool) or value is None:
        return f"`{str(value).lower()}`" if value is not None else "nothing"
    return f'the text "{value}"' if isinstance(value, str) else f"`{value}`"


def _quoted(expected: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip())


def _plain(message: str) -> str:
    """Pydantic's `Input should be …` without its subject and its final stop."""
    for start in ("Input should be ", "Value error, ", "String should "):
        message = message.removeprefix(start)
    return _PLAIN.get(message, message).rstrip(".")


_PLAIN = {
    "a valid string": "text",
    "a valid integer": "a whole number, without quotes",
    "a valid boolean": "true or false",
    "a valid list": "a list",
    "a valid dictionary or instance": "a group of keys",
}
