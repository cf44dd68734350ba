"""Blueprints as text: one spelling, so that equal blueprints have equal digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from stacks.errors import Refused

Kind = TypeVar("Kind")


def text(data: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(text(data).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Lists for tuples, text for enums: what JSON would make of it."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in cast("Sequence[Any]", value)]
    return str(value) if isinstance(value, str) else value


def read(kind: type[Kind], data: Any) -> Kind:
    """The dataclass that plain data was made of."""
    return _reader(kind).validate_python(data)


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    """Made once a process: it takes far longer to make than to use, and a fleet has many blueprints."""
    return TypeAdapter(kind)


def check_format(found: int, known: int) -> None:
    """Raise Refused where a record is of another format than this version reads."""
    if found != known:
        raise Refused(
            f"The record is of format {found}, and this version reads format {known}.",
            why="It was made by another version of the tool, and would be misread.",
            next="Use the version that made it; `tenant local reset` begins anew on a local cloud.",
        )
