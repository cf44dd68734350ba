"""The journal: what is about to be sent is on disk before it is sent, what came of it right after.

A run starts from the state's rows and moves each to the new list as it is settled. Every change is a whole
checkpoint, fsynced. After a crash the state holds a pending operation for each call that may have been accepted;
`resolve` looks at the cloud and adopts or goes on, and never guesses.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from engine.embedded import snapshot, urns, values
from engine.embedded.secrets import Crypter
from engine.embedded.snapshot import Pending, Row, Snapshot
from engine.providers.port import Found, ProviderError, Resource

Save = Callable[[str], None]


class Journal:
    """The state of one run. `save` None keeps it in memory only (a preview)."""

    def __init__(self, base: Snapshot, crypter: Crypter, save: Save | None) -> None:
        self._lock = threading.RLock()
        self._crypter, self._save = crypter, save
        self._old: list[Row] = list(base.rows)
        self._new: list[Row] = []
        self._pending: list[Pending] = list(base.pending)
        self._texts: dict[int, tuple[Row, str]] = {}

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

    def current(self) -> Snapshot:
        """The state as of now, in a valid order."""
        with self._lock:
            return Snapshot(snapshot.ordered([*self._new, *self._old]), tuple(self._pending))

    def live(self, urn: str) -> Row | None:
        """The row of a URN as it is now: settled, else old; None where only a row to be deleted is left."""
        return next((row for row in self.rows() if row.urn == urn and not row.delete), None)

    def old(self, urn: str) -> Row | None:
        """The row that the URN had when the run began, if not settled yet."""
        with self._lock:
            return next((row for row in self._old if row.urn == urn and not row.delete), None)

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
            self._remove(was)
            if row is not None:
                self._new.append(row)
            if pending is not None:
                self._forget(pending)
            if write and (was is not row or pending is not None):
                self.write()

    def supersede(self, old: Row, new: Row, pending: Pending | None) -> None:
        """Record a replacement: `new` joins, `old` waits for its deletion, the intent is closed, in one write."""
        with self._lock:
            self._remove(old)
            self._old.append(replace(old, delete=True))
            self.settle(new, pending=pending)

    def owe(self, row: Row, pending: Pending) -> None:
        """The resource is deleted and its replacement still to come: its row stays as a mark, the intent is closed."""
        with self._lock:
            self._forget(pending)
            self.mark(row, replace(row, pending_replacement=True))

    def replace_settled(self, was: Row, row: Row) -> None:
        """Exchange a settled row, e.g. for one with its component's outputs."""
        with self._lock:
            self._new = [row if item is was else item for item in self._new]

    def mark(self, was: Row, row: Row) -> None:
        """Exchange a row in place, settled or not, and write (e.g. `delete`, `pendingReplacement`)."""
        with self._lock:
            self._old = [row if item is was else item for item in self._old]
            self._new = [row if item is was else item for item in self._new]
            self.write()

    def strike(self, gone: Iterable[str]) -> None:
        """Strike vanished URNs from the dependencies of all rows."""
        with self._lock:
            missing = frozenset(gone)
            self._old = list(snapshot.without(self._old, missing))
            self._new = list(snapshot.without(self._new, missing))

    def write(self) -> None:
        """Write the checkpoint."""
        with self._lock:
            if self._save is None:
                return
            state = self.current()
            rows = ",\n".join(self._text(row) for row in state.rows)
            pending = [snapshot.pending_to_json(item, self._crypter.encrypt) for item in state.pending]
            frame = json.dumps(snapshot.deployment(["@rows"] if rows else [], pending, self._crypter.state, now()))
            self._save(frame.replace('"@rows"', rows, 1))

    def _text(self, row: Row) -> str:
        # rows are immutable: each is encrypted and serialised once, and a no-op run writes the same bytes
        known = self._texts.get(id(row))
        if known is None or known[0] is not row:
            known = (row, json.dumps(snapshot.row_to_json(row, self._crypter.encrypt)))
            self._texts[id(row)] = known
        return known[1]

    def _remove(self, row: Row | None) -> None:
        if row is not None:
            self._old = [item for item in self._old if item is not row]
            self._new = [item for item in self._new if item is not row]

    def _forget(self, pending: Pending) -> None:
        self._pending = [item for item in self._pending if item is not pending]


def now() -> str:
    """The time as states hold it, UTC with nanoseconds' width."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanoseconds:09d}Z"


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
    stamp = now()
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
    return replace(row, inputs=inputs, outputs=outputs, init_errors=found.reasons, modified=now())


def resource(row: Row) -> Resource:
    """The row's identity, as providers want it."""
    return Resource(urn=row.urn, type=row.type, name=urns.name_of(row.urn))
