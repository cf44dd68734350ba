"""Rows in order, found by identity and by URN without looking at the others: a stack may hold thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.embedded.snapshot import Row


class Shelf:
    """An ordered set of rows. Not thread-safe: the journal's lock guards it."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._next = 0
        self._rows: dict[int, Row] = {}  # by place
        self._places: dict[int, int] = {}  # place by the row's identity
        self._urns: dict[str, dict[int, None]] = {}  # places by URN, in the order of joining
        self._touched: dict[int, Row] = {}  # by identity
        for row in rows:
            self.add(row)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __contains__(self, row: Row) -> bool:
        return id(row) in self._places

    def touched(self) -> dict[int, Row]:
        """Rows that came, went or did both since this was last asked, by identity."""
        touched, self._touched = self._touched, {}
        return touched

    def of(self, urn: str) -> tuple[Row, ...]:
        """Every row of a URN, in order: at most one that lives, and those to be deleted."""
        return tuple(self._rows[place] for place in sorted(self._urns.get(urn, ())))

    def add(self, row: Row) -> None:
        """Put a row last."""
        self._put(self._next, row)
        self._next += 1

    def remove(self, row: Row) -> None:
        """Take this very row away, if it is here."""
        place = self._places.pop(id(row), None)
        if place is None:
            return
        self._touched[id(row)] = row
        del self._rows[place]
        places = self._urns[row.urn]
        del places[place]
        if not places:
            del self._urns[row.urn]

    def exchange(self, was: Row, row: Row) -> None:
        """Put a row in the place of this very other one, if that is here."""
        place = self._places.get(id(was))
        if place is None:
            return
        self._touched[id(was)] = was
        del self._places[id(was)]
        del self._urns[was.urn][place]
        if not self._urns[was.urn]:
            del self._urns[was.urn]
        self._put(place, row)  # a dict keeps the order of a key that it has

    def _put(self, place: int, row: Row) -> None:
        self._rows[place] = row
        self._places[id(row)] = place
        self._touched[id(row)] = row
        self._urns.setdefault(row.urn, {})[place] = None
