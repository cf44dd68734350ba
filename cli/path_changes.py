"""What differs inside of a property that is a document, as policies are: pure.

Statements are told by their `Sid` where each has one, for a new one moves all that come after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from engine.runs import PathChange


def inside(change: PathChange) -> Iterator[PathChange]:
    """The changes within, one for each value that differs; the change itself where it is of no document."""
    before, after = _document(change.before), _document(change.after)
    known = before is not None and after is not None
    found = list(_changes(change.path, before, after)) if known else []
    yield from found or [change]


def _document(value: Any) -> Mapping[str, Any] | None:
    if not (isinstance(value, str) and value.startswith("{")):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else None


def _changes(path: str, before: Any, after: Any) -> Iterator[PathChange]:
    if before == after:
        return
    old, new = _parts(path, before), _parts(path, after)
    if old is not None and new is not None:
        for place in sorted(old.keys() | new.keys()):
            yield from _changes(place, old.get(place), new.get(place))
    elif isinstance(before, list) and isinstance(after, list):
        was, now = cast("list[Any]", before), cast("list[Any]", after)
        gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
        yield PathChange(path, gone or None, come or None) if gone or come else PathChange(path, was, now)
    else:
        yield PathChange(path, before, after)


def _parts(path: str, value: Any) -> Mapping[str, Any] | None:
    """What has places of its own within; None for a plain value and for a list of them."""
    if isinstance(value, dict):
        return {f"{path}.{key}": inner for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in cast("list[Any]", value)):
        groups = cast("list[dict[str, Any]]", value)
        names = [str(each.get("Sid", "")) or f"{number}" for number, each in enumerate(groups)]
        return {f"{path}[{name}]": inner for name, inner in zip(names, groups, strict=True)}
    return None
