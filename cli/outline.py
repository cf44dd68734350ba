"""Nested data as indented lines, for people or as YAML: pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

_PLAIN: Final = re.compile(r"[A-Za-z][\w./@-]*(?: [\w./@-]+)*|\d+(?:\.\d+){3}(?:/\d+)?")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def yaml(data: Mapping[str, Any]) -> Iterator[str]:
    """The data as YAML that says just that: what a file may hold, as it would stand there."""
    return lines(data, scalar=_flow)


def text(value: Any) -> str:
    """One value: lists with commas, nothing as `none`."""
    if isinstance(value, list):
        return ", ".join(inline(item) for item in cast("list[Any]", value)) or "none"
    if value is None or value == "" or value == {}:
        return "none"
    return str(value)


def lines(data: Mapping[str, Any], indent: str = "", scalar: Callable[[Any], str] = text) -> Iterator[str]:
    """`key: value` a line, groups below their key, lists of groups with a dash; empty values say so."""
    for key, value in data.items():
        if _group(value):
            yield f"{indent}{key}:"
            yield from lines(value, indent + "  ", scalar)
        elif _groups(value):
            yield f"{indent}{key}:"
            for group in value:
                yield from _dashed(lines(group, scalar=scalar), indent + "  ")
        else:
            yield f"{indent}{key}: {scalar(value)}"


def inline(value: Any) -> str:
    """Whatever it is, on one line: groups as `key=value`, lists in brackets inside of others."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return ", ".join(f"{key}={_nested(inner)}" for key, inner in pairs) or "none"
    return text(value)


def _nested(value: Any) -> str:
    return f"({inline(value)})" if isinstance(value, list | Mapping) and value else text(value)


def _flow(value: Any) -> str:
    """A value in YAML's flow style; JSON where plain text would be read as something else."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return f"{{{', '.join(f'{key}: {_flow(inner)}' for key, inner in pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, cast('list[Any]', value)))}]"
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML
    return value if plain else json.dumps(value, ensure_ascii=False)


def _group(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(cast("Mapping[str, Any]", value))


def _groups(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(map(_group, cast("list[Any]", value)))


def _dashed(inner: Iterator[str], indent: str) -> Iterator[str]:
    for number, line in enumerate(inner):
        yield f"{indent}{'- ' if number == 0 else '  '}{line}"
