"""What every part of one run shares: journal, providers, events, limits, and the one way to send a mutating call."""

from __future__ import annotations

import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from engine.embedded import events, urns
from engine.embedded.backend import StackName
from engine.embedded.intents import Journal
from engine.embedded.plugins import BUILTIN, Plugins
from engine.embedded.snapshot import Pending, Row
from engine.providers.port import AnswerLost, Call, Configured, PartlyDone, ProviderError

T = TypeVar("T")


class StoppedError(Exception):
    """The run was told to stop: nothing new is started."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `parallel` bounds calls under way; `continue_on_error` does all that does not hang on a failure.

    Resources with a URN in `exclude`, and what they need, stay as they are, whether they are declared or not.
    """

    dry_run: bool = False
    parallel: int = 8
    continue_on_error: bool = False
    exclude: frozenset[str] = frozenset()


@dataclass(slots=True)
class Context:
    """One run of one stack."""

    name: StackName
    journal: Journal
    plugins: Plugins
    sink: events.Sink
    options: Options
    fence: Callable[[], None]
    stopping: Callable[[], bool]
    failed: dict[str, str] = field(default_factory=dict[str, str])
    counts: Counter[str] = field(default_factory=Counter[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _slots: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(max(1, self.options.parallel))

    # ---- failures

    def fail(self, urn: str, message: str) -> None:
        """Remember a failure and say it."""
        with self._lock:
            self.failed[urn] = message
        self.sink.send("diagnosticEvent", events.diagnostic("error", message, urn))

    def halted(self) -> bool:
        """Whether nothing new may start: told to stop, or failed without leave to go on. A preview tells all faults."""
        goes_on = self.options.continue_on_error or self.options.dry_run
        return self.stopping() or (bool(self.failed) and not goes_on)

    def count(self, op: str) -> None:
        """Count one resource for the summary."""
        with self._lock:
            self.counts[op] += 1

    # ---- providers

    def provider_row(self, reference: str) -> Row | None:
        """The provider row that a reference names; by URN where its id is not known yet."""
        urn, id = urns.split_reference(reference)
        return next((row for row in self.journal.of(urn) if row.id == id), None) or self.journal.live(urn)

    def configured(self, row: Row) -> Configured:
        """The provider instance that serves a row. Raises ProviderError where the state lacks it."""
        provider = self.provider_row(row.provider)
        if provider is None or urns.package_of(provider.type) == BUILTIN:
            raise ProviderError(f"{row.type} {row.name}: its provider {row.provider} is not in the state")
        return self.plugins.instance(provider)

    def leave(self, row: Row) -> None:
        """Say that a resource stays as it is, and no more of it: of what nobody looks at there may be thousands."""
        self.started("same", row, None, None)
        self.journal.settle(row, was=row)
        self.count("same")
        self.ended("same", row, None, None)

    # ---- calls

    def mutate(self, kind: str, row: Row, send: Callable[[Call], T], timeout: float | None) -> tuple[Pending, T]:
        """Send one mutating call: intent on disk, fence, call. The caller records the outcome and closes the intent.

        A refused call closes the intent. A lost answer, a crash, or an error nobody foresaw leaves it open: the next
        run looks before it repeats. Raises what `send` raises, and StoppedError.
        """
        with self._slots:
            if self.stopping():
                raise StoppedError
            self.fence()
            pending = self.journal.begin(kind, row)
            try:
                result = send(Call(timeout=timeout, fence=self.fence, stopping=self.stopping))
            except AnswerLost:
                raise
            except PartlyDone as error:
                raise HalfwayError(pending, error) from error
            except ProviderError:
                self.journal.abandon(pending)
                raise
        return pending, result

    # ---- events

    def started(self, op: str, row: Row, old: Row | None, new: Row | None, diff: events.Diff | None = None) -> None:
        """Say that a step begins."""
        self.sink.send("resourcePreEvent", self._metadata(op, row, old, new, diff))

    def ended(self, op: str, row: Row, old: Row | None, new: Row | None, diff: events.Diff | None = None) -> None:
        """Say that a step is done."""
        self.sink.send("resOutputsEvent", self._metadata(op, row, old, new, diff))

    def broke(self, op: str, row: Row, old: Row | None, new: Row | None) -> None:
        """Say that a step failed."""
        self.sink.send("resOpFailedEvent", {**self._metadata(op, row, old, new, None), "status": 0, "steps": 0})

    def _metadata(
        self, op: str, row: Row, old: Row | None, new: Row | None, diff: events.Diff | None
    ) -> dict[str, object]:
        return {"metadata": events.step(op, row, old, new, diff), "planning": self.options.dry_run}


class HalfwayError(Exception):
    """A call that was accepted and then failed halfway: what exists is in `error`, the intent is still open."""

    def __init__(self, pending: Pending, error: PartlyDone) -> None:
        super().__init__(str(error))
        self.pending, self.error = pending, error


def defect(error: Exception) -> str:
    """A defect's kind and place; its text may hold what must not be shown."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{place}: a defect of the engine or its provider; please report it"
