"""Property paths as resource options write them: `tags`, `a.b[0]`, `tags["x.y"]`, `rules[*].port`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias, cast

from engine.providers.port import Props

Key: TypeAlias = str | int
_PART: Final = re.compile(r'([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]')
EVERY: Final = "*"


def parse(path: str) -> tuple[Key, ...]:
    """The keys of a path. Raises ValueError where it cannot be read."""
    keys: list[Key] = []
    position = 0
    while position < len(path):
        if path[position] == "." and keys:
            position += 1
        match = _PART.match(path, position)
        if match is None:
            raise ValueError(f"property path {path!r} cannot be read")
        name, index, quoted, every = match.groups()
        keys.append(
            int(index) if index is not None else quoted.replace('\\"', '"') if quoted is not None else every or name
        )
        position = match.end()
    return tuple(keys)


def covers(pattern: tuple[Key, ...], path: tuple[Key, ...]) -> bool:
    """Whether a pattern names the path or something above or below it."""
    return all(p in (EVERY, k) for p, k in zip(pattern, path, strict=False))


def keep_old(news: Props, olds: Props, path: tuple[Key, ...]) -> Props:
    """`news` with what stands at `path` taken from `olds`; absent there means absent here (ignoreChanges)."""
    return cast("Props", _keep(news, olds, path))


def _keep(new: Any, old: Any, path: tuple[Key, ...]) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(new, dict) or (new is None and isinstance(old, dict)):
        return _keep_in_object(cast("Props", new or {}), cast("Props", old) if isinstance(old, dict) else {}, key, rest)
    if isinstance(new, list) and isinstance(old, list):
        items, was = cast("list[Any]", new), cast("list[Any]", old)
        return [
            _at(item, was[i] if i < len(was) else None, rest) if key in (EVERY, i) and i < len(was) else item
            for i, item in enumerate(items)
        ]
    return cast("Any", new)


def _keep_in_object(new: Props, old: Props, key: Key, rest: tuple[Key, ...]) -> Props:
    result = dict(new)
    for name in _names(new, old, key):
        if not rest:
            if name in old:
                result[name] = old[name]
            else:
                result.pop(name, None)
        elif name in new or name in old:
            result[name] = _keep(new.get(name), old.get(name), rest)
    return result


def _at(new: Any, old: Any, rest: tuple[Key, ...]) -> Any:
    return _keep(new, old, rest) if rest else old


def _names(new: Props, old: Props, key: Key) -> Iterator[str]:
    if key == EVERY:
        yield from dict.fromkeys((*new, *old))
    else:
        yield str(key)
