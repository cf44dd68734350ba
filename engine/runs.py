"""What a run said and did, in our own words: pure data, whichever engine ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias


class Op(StrEnum):
    """What happens to one resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    READ = "read"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class PathChange:
    """One property that differs: `allocatedStorage`, 200 -> 300. Secret and unknown values are shown as such."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What a run did, or would do, to one resource."""

    urn: str
    type: str
    name: str
    op: Op
    paths: tuple[PathChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong: with which resource (empty for the run itself), and why, as a sentence."""

    urn: str
    message: str


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Output:
    """A stack output; a secret one is to be masked wherever people look."""

    value: Any
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One preview, apply, refresh or destroy of one stack."""

    stack: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    failures: tuple[Failure, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    seconds: float = 0.0

    def summary(self) -> dict[str, int]:
        """Number of resources by what happens to them; every key of the plan's JSON is there."""
        counts = {op.value: 0 for op in (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.SAME)}
        for change in self.changes:
            if change.op.value in counts:
                counts[change.op.value] += 1
        return counts

    @property
    def pending(self) -> tuple[Change, ...]:
        """The changes that are more than nothing."""
        return tuple(c for c in self.changes if c.op not in (Op.SAME, Op.READ, Op.REFRESH))


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run that a stack's history holds: its version, counted from 1, and whether it came to a good end."""

    version: int
    succeeded: bool


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step is under way."""

    urn: str
    type: str
    name: str
    op: Op


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is over; `ok` false means it failed."""

    urn: str
    op: Op
    ok: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Said:
    """A message from the engine, a provider or the program: severity `info`, `warning` or `error`."""

    severity: str
    text: str
    urn: str = ""


Event: TypeAlias = StepStarted | StepEnded | Said
Listener: TypeAlias = Callable[[Event], None]


def ignore(_: Event) -> None:
    """A listener that needs no progress."""
