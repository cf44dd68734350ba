"""Where two blueprints differ, as a few lines that people read: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast


def lines(old: Mapping[str, Any], new: Mapping[str, Any], limit: int = 8) -> tuple[str, ...]:
    """`path: before -> after` of each value that differs, sorted by path; at most `limit`, then how many more."""
    before, after = dict(_flat("", old)), dict(_flat("", new))
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    told = [f"{path}: {_text(before, path)} -> {_text(after, path)}" for path in paths[:limit]]
    return (*told, f"and {len(paths) - limit} more") if len(paths) > limit else tuple(told)


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield from _flat(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for index, inner in enumerate(cast("Sequence[Any]", value)):
            yield from _flat(f"{path}[{index}]", inner)
    elif path:
        yield path, value


def _text(values: Mapping[str, Any], path: str) -> str:
    return "nothing" if values.get(path) is None else str(values[path])
