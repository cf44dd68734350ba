"""Nested data as indented lines: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast


def lines(data: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """`key: value` a line, groups below their key, lists of groups with a dash; empty values say so."""
    for key, value in data.items():
        if _group(value):
            yield f"{indent}{key}:"
            yield from lines(value, indent + "  ")
        elif _groups(value):
            yield f"{indent}{key}:"
            for group in value:
                yield from _dashed(lines(group), indent + "  ")
        else:
            yield f"{indent}{key}: {text(value)}"


def text(value: Any) -> str:
    """One value: lists with commas, nothing as `none`."""
    if isinstance(value, list):
        return ", ".join(inline(item) for item in cast("list[Any]", value)) or "none"
    if value is None or value == "" or value == {}:
        return "none"
    return str(value)


def inline(value: Any) -> str:
    """Whatever it is, on one line: groups as `key=value`, lists in brackets inside of others."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return ", ".join(f"{key}={_nested(inner)}" for key, inner in pairs) or "none"
    return text(value)


def _nested(value: Any) -> str:
    return f"({inline(value)})" if isinstance(value, list | Mapping) and value else text(value)


def _group(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(cast("Mapping[str, Any]", value))


def _groups(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(map(_group, cast("list[Any]", value)))


def _dashed(inner: Iterator[str], indent: str) -> Iterator[str]:
    for number, line in enumerate(inner):
        yield f"{indent}{'- ' if number == 0 else '  '}{line}"
