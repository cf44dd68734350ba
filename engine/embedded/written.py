"""What is on disk of one run's state: a whole checkpoint, and the lines of the log that goes on from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Protocol

from engine.embedded import log, snapshot, stamps
from engine.embedded.secrets import Crypter
from engine.embedded.snapshot import Pending, Row, Snapshot


class Store(Protocol):
    """Where one stack's state is kept; both are on disk when they return."""

    def save(self, deployment: str) -> None:
        """Put a whole checkpoint in place of all that was there."""
        ...

    def append(self, line: str) -> None:
        """Add a line to the log that goes on from the checkpoint."""
        ...


class Written:
    """Writes a run's state. One caller at a time, and a whole checkpoint first."""

    def __init__(self, crypter: Crypter, store: Store) -> None:
        self._crypter, self._store = crypter, store
        self._texts: dict[int, tuple[Row, str]] = {}  # by the row's identity
        self._numbers: dict[int, int] = {}  # of the rows that are on disk
        self._next = 0

    def whole(self, state: Snapshot) -> None:
        """Write a checkpoint."""
        texts = {id(row): (row, self._text(row)) for row in state.rows}
        rows = ",\n".join(text for _, text in texts.values())
        pending = [snapshot.pending_to_json(item, self._crypter.encrypt) for item in state.pending]
        frame = json.dumps(snapshot.deployment(["@rows"] if rows else [], pending, self._crypter.state, stamps.now()))
        self._store.save(frame.replace('"@rows"', rows, 1))
        self._texts = texts
        self._numbers = {identity: number for number, identity in enumerate(texts)}
        self._next = len(texts)

    def change(self, left: Iterable[Row], joined: Iterable[Row], pending: Sequence[Pending]) -> None:
        """Write what changed; rows that left before they were written, or are written already, cost nothing."""
        gone = [row for row in left if id(row) in self._numbers]
        new = [row for row in joined if id(row) not in self._numbers]
        texts = {id(row): (row, self._text(row)) for row in new}
        under_way = [json.dumps(snapshot.pending_to_json(item, self._crypter.encrypt)) for item in pending]
        numbers = [self._numbers[id(row)] for row in gone]
        self._store.append(log.line(numbers, (text for _, text in texts.values()), under_way))
        for row in gone:
            del self._numbers[id(row)], self._texts[id(row)]
        self._texts |= texts
        self._numbers |= {identity: number for number, identity in enumerate(texts, self._next)}
        self._next += len(texts)

    def _text(self, row: Row) -> str:
        # rows are immutable: each is encrypted and serialised once, and a no-op run writes the same bytes
        known = self._texts.get(id(row))
        return known[1] if known else json.dumps(snapshot.row_to_json(row, self._crypter.encrypt))
