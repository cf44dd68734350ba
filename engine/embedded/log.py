"""The log beside a checkpoint: what changed since that was written, one JSON line a write. Pure.

A whole checkpoint costs what the stack holds, a line costs what changed: this keeps a run linear in its changes. The
first line names the checkpoint that the others go on from. A row's number is its place in that checkpoint; rows that
joined since are counted on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.embedded import snapshot


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that left, by number; rows that joined and all that is pending, as a checkpoint holds them."""

    gone: tuple[int, ...]
    joined: tuple[Mapping[str, Any], ...]
    pending: tuple[Mapping[str, Any], ...]


def header(checkpoint: str) -> str:
    """The first line of the log that goes on from a checkpoint's text."""
    return json.dumps({"checkpoint": _digest(checkpoint)}) + "\n"


def line(gone: Iterable[int], joined: Iterable[str], pending: Iterable[str]) -> str:
    """One write: numbers of rows that left, JSON texts of rows that joined and of all pending operations."""
    numbers = ", ".join(map(str, gone))
    return f'{{"gone": [{numbers}], "joined": [{", ".join(joined)}], "pending": [{", ".join(pending)}]}}\n'


def changes(text: str, checkpoint: str) -> tuple[Change, ...]:
    """What a log says has changed since the checkpoint.

    Nothing where it goes on from another one: a crash came between a new checkpoint and the log's removal. A last line
    that a crash tore was never acted on.
    """
    first, *rest = text.split("\n")[:-1] or [""]
    if f"{first}\n" != header(checkpoint):
        return ()
    return tuple(_change(json.loads(each)) for each in rest)


def folded(deployment: Mapping[str, Any], since: Sequence[Change]) -> dict[str, Any]:
    """The deployment with what changed since it was written, every row after what it needs."""
    if not since:
        return dict(deployment)
    rows: dict[int, Any] = dict(enumerate(deployment.get("resources") or ()))
    pending: tuple[Mapping[str, Any], ...] = tuple(deployment.get("pending_operations") or ())
    count = len(rows)
    for change in since:
        for number in change.gone:
            del rows[number]
        rows |= enumerate(change.joined, count)
        count += len(change.joined)
        pending = change.pending
    bare = {key: value for key, value in deployment.items() if key not in ("resources", "pending_operations")}
    kept = {"resources": _ordered(rows.values()), "pending_operations": list(pending)}
    return {**bare, **{key: value for key, value in kept.items() if value}}


def _ordered(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    # what a row needs is in clear: its secrets stay closed
    bare: dict[str, Any] = {"inputs": {}, "outputs": {}}
    given = [(snapshot.row_from_json({**row, **bare}, str), row) for row in rows]
    texts = {id(parsed): row for parsed, row in given}
    return [texts[id(parsed)] for parsed in snapshot.ordered(parsed for parsed, _ in given)]


def _change(data: Mapping[str, Any]) -> Change:
    return Change(tuple(data["gone"]), tuple(data["joined"]), tuple(data["pending"]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
