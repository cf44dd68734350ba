"""The journal: what is about to be sent is on disk before it is sent, what came of it right after.

A run starts from the state's rows and moves each to the new list as it is settled. Every change is on disk before its
call returns: the first in a whole checkpoint, the others in the log beside it, and all in a whole one at the end. After
a crash the state holds a pending operation for each call that may have been accepted; `resolve` looks at the cloud and
adopts or goes on, and never guesses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from engine.embedded import snapshot, stamps, urns, values
from engine.embedded.shelf import Shelf
from engine.embedded.snapshot import Pending, Row, Snapshot
from engine.embedded.written import Written
from engine.providers.port import Found, ProviderError, Resource


class Journal:
    """The state of one run. `written` None keeps it in memory only (a preview)."""

    def __init__(self, base: Snapshot, written: Written | None) -> None:
        self._lock, self._writing = threading.RLock(), threading.Lock()
        self._changes = self._kept = 0
        self._whole = False  # whether a whole checkpoint is on disk that holds all before the last changes
        self._written = written
        self._old = Shelf(base.rows)
        self._new = Shelf()
        self._pending: list[Pending] = list(base.pending)

    @property
    def remaining(self) -> tuple[Row, ...]:
        """Old rows that this run has not settled yet."""
        with self._lock:
            return tuple(self._old)

    @property
    def settled(self) -> tuple[Row, ...]:
        """Rows that this run has settled."""
        with self._lock:
            return tuple(self._new)

    def rows(self) -> tuple[Row, ...]:
        """Every row as of now, settled ones first."""
        with self._lock:
            return (*self._new, *self._old)

    def of(self, urn: str) -> tuple[Row, ...]:
        """Every row of one URN as of now, settled ones first."""
        with self._lock:
            return (*self._new.of(urn), *self._old.of(urn))

    def current(self) -> Snapshot:
        """The state as of now, in a valid order."""
        with self._lock:
            return Snapshot(snapshot.ordered([*self._new, *self._old]), tuple(self._pending))

    def live(self, urn: str) -> Row | None:
        """The row of a URN as it is now: settled, else old; None where only a row to be deleted is left."""
        return next((row for row in self.of(urn) if not row.delete), None)

    def old(self, urn: str) -> Row | None:
        """The row that the URN had when the run began, if not settled yet."""
        with self._lock:
            return next((row for row in self._old.of(urn) if not row.delete), None)

    def begin(self, kind: str, row: Row) -> Pending:
        """Write down that a call is about to be sent: `creating`, `updating`, `deleting`."""
        pending = Pending(row, kind)
        with self._lock:
            self._pending.append(pending)
        self.write()
        return pending

    def abandon(self, pending: Pending) -> None:
        """The call was refused: nothing came of it."""
        with self._lock:
            self._forget(pending)
        self.write()

    def settle(
        self, row: Row | None, *, was: Row | None = None, pending: Pending | None = None, write: bool = True
    ) -> None:
        """Record an outcome: `was` leaves the state, `row` joins it, the intent is closed, all in one write.

        A row that stays as it was needs no write of its own.
        """
        with self._lock:
            self._settle(row, was, pending)
        if write and (was is not row or pending is not None):
            self.write()

    def _settle(self, row: Row | None, was: Row | None, pending: Pending | None) -> None:
        self._remove(was)
        if row is not None:
            self._new.add(row)
        if pending is not None:
            self._forget(pending)

    def supersede(self, old: Row, new: Row, pending: Pending | None) -> None:
        """Record a replacement: `new` joins, `old` waits for its deletion, the intent is closed, in one write."""
        with self._lock:
            self._remove(old)
            self._old.add(replace(old, delete=True))
            self._settle(new, None, pending)
        self.write()

    def owe(self, row: Row, pending: Pending) -> None:
        """The resource is deleted and its replacement still to come: its row stays as a mark, the intent is closed."""
        with self._lock:
            self._forget(pending)
            self._exchange(row, replace(row, pending_replacement=True))
        self.write()

    def replace_settled(self, was: Row, row: Row) -> None:
        """Exchange a settled row, e.g. for one with its component's outputs."""
        with self._lock:
            self._new.exchange(was, row)

    def mark(self, was: Row, row: Row) -> None:
        """Exchange a row in place, settled or not, and write (e.g. `delete`, `pendingReplacement`)."""
        with self._lock:
            self._exchange(was, row)
        self.write()

    def _exchange(self, was: Row, row: Row) -> None:
        self._old.exchange(was, row)
        self._new.exchange(was, row)

    def strike(self, gone: Iterable[str]) -> None:
        """Strike vanished URNs from the dependencies of all rows."""
        missing = frozenset(gone)
        with self._lock:
            for shelf in (self._old, self._new):
                for row in tuple(shelf):
                    shelf.exchange(row, snapshot.stricken(row, missing))

    def write(self) -> None:
        """What was changed before this call is on disk when it returns.

        Who waited while another wrote finds its own change written with that one's successor, and writes nothing. Never
        called with the lock held: the writer takes it.
        """
        if self._written is None:
            return
        with self._lock:
            self._changes += 1
            mine = self._changes
        with self._writing:
            if self._kept >= mine:
                return
            self._keep(self._written)

    def close(self) -> None:
        """Write the whole checkpoint: the run is over."""
        if self._written is None:
            return
        with self._writing:
            self._whole = False
            self._keep(self._written)

    def _keep(self, written: Written) -> None:
        with self._lock:
            newest, touched = self._changes, {**self._old.touched(), **self._new.touched()}
            joined = [row for row in touched.values() if row in self._old or row in self._new]
            left = [row for row in touched.values() if row not in self._old and row not in self._new]
            state = self.current() if not self._whole else None
            pending = tuple(self._pending)
        # where this fails, what it would have written is in the next whole checkpoint
        self._whole = False
        if state is None:
            written.change(left, joined, pending)
        else:
            written.whole(state)
        self._whole, self._kept = True, newest

    def _remove(self, row: Row | None) -> None:
        if row is not None:
            self._old.remove(row)
            self._new.remove(row)

    def _forget(self, pending: Pending) -> None:
        self._pending = [item for item in self._pending if item is not pending]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pending operation whose outcome could not be told, and why; nothing may touch its resource."""

    pending: Pending
    why: str


Find = Callable[[Row, frozenset[str]], Found | None]
Read = Callable[[Row], Found | None]


def resolve(base: Snapshot, find: Find, read: Read) -> tuple[Snapshot, tuple[Doubt, ...], tuple[str, ...]]:
    """Settle every pending operation by looking.

    `find` looks for what an interrupted create may have left, other than the ids it is given; `read` looks at a row's
    live resource. Returns the state
    without the pending operations that could be told, the doubts that remain, and a sentence for each that was told.
    """
    rows, doubts, said = list(base.rows), list[Doubt](), list[str]()
    for pending in base.pending:
        try:
            sentence = _settle(rows, pending, find, read)
        except ProviderError as error:
            doubts.append(Doubt(pending, str(error)))
            continue
        said.append(sentence)
    kept = tuple(doubt.pending for doubt in doubts)
    return Snapshot(snapshot.ordered(rows), kept), tuple(doubts), tuple(said)


def _settle(rows: list[Row], pending: Pending, find: Find, read: Read) -> str:
    row = pending.row
    label = f"{row.type} {row.name}"
    if pending.type == "creating":
        found = find(row, _ids(rows, row.type))
        if found is None:
            return f"{label}: an interrupted create left nothing; it is made anew"
        _adopt(rows, row, found)
        return f"{label}: an interrupted create had been accepted; adopted as {found.id}"
    current = next((item for item in rows if item.urn == row.urn and item.id == row.id), None)
    if current is None:
        return f"{label}: an interrupted call concerns nothing that is left"
    found = read(current)
    rows.remove(current)
    if found is None:
        rows[:] = snapshot.without(rows, frozenset({row.urn}))
        return f"{label}: gone"
    rows.append(observed(current, found))
    return f"{label}: an interrupted call was looked at; going on from what is there"


def _adopt(rows: list[Row], row: Row, found: Found) -> None:
    # an interrupted replacement had its old one stand until the new one was there
    rows[:] = [replace(item, delete=True) if item.urn == row.urn else item for item in rows]
    stamp = stamps.now()
    rows.append(replace(observed(row, found), id=found.id, created=stamp, modified=stamp))


def _ids(rows: list[Row], type: str) -> frozenset[str]:
    # a row whose replacement is owed names what is deleted already
    return frozenset(row.id for row in rows if row.type == type and row.id and not row.pending_replacement)


def observed(row: Row, found: Found) -> Row:
    """The row with what was found live, keeping its secret marks."""
    inputs: dict[str, Any] = values.as_marked(found.inputs, row.inputs)
    outputs = values.conceal(values.as_marked(found.outputs, row.outputs), inputs, row.additional_secret_outputs)
    if inputs == row.inputs and outputs == row.outputs and row.init_errors == found.reasons:
        return row
    return replace(row, inputs=inputs, outputs=outputs, init_errors=found.reasons, modified=stamps.now())


def resource(row: Row) -> Resource:
    """The row's identity, as providers want it."""
    return Resource(urn=row.urn, type=row.type, name=urns.name_of(row.urn))
