"""Who holds what until when: frozen data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, told apart from every other that ever ran.

    `boot` is the kernel's boot id and `space` its process-id namespace: only within both does `pid` mean anything.
    `started` is the process' start in clock ticks since boot, which tells a reused pid apart. Empty: not known here.
    """

    user: str
    host: str
    boot: str
    space: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid})"

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


class Liveness(StrEnum):
    """What one process can know of another."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write, of one owner, until a time unless it is renewed. A later lease has a higher token."""

    name: str
    token: int
    owner: Owner
    since: datetime
    until: datetime
