"""Time and names of runs, as values of the bundle: tests give their own, so a run can be told to the letter."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The time, in UTC, with its zone."""
        ...


class Ids(Protocol):
    """Names for things that have none of their own."""

    def run(self) -> str:
        """A new run's name: `r20260131-120000-k3v9`; fit to be part of an RDS snapshot identifier."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class TimedIds:
    """Run names that sort by time; four random characters tell apart what began in the same second."""

    clock: Clock

    def run(self) -> str:
        """A new run's name."""
        tail = "".join(secrets.choice(_LETTERS) for _ in range(4))
        return f"r{self.clock.now():%Y%m%d-%H%M%S}-{tail}"
