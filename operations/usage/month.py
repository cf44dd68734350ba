"""A month as usage is counted by: of the calendar, in UTC. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from stacks.errors import BadInput


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month; it begins at its first instant and ends before the next one's."""

    year: int
    number: int

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def end(self) -> datetime:
        """The first instant that is no more of it."""
        return self.next.start

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def of(moment: datetime) -> Month:
    """The month that an instant is in; the instant has a zone."""
    there = moment.astimezone(UTC)
    return Month(there.year, there.month)


def parse(text: str) -> Month:
    """The month of `2026-11`. Raises BadInput for anything else."""
    found = re.fullmatch(r"([2-9]\d{3})-(0[1-9]|1[0-2])", text)
    if found is None:
        raise BadInput(f"{text} is no month.", next="A month is a year and its number: `--month 2026-11`.")
    return Month(int(found[1]), int(found[2]))
