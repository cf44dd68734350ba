"""The progress of a run, on stderr: a live tree on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cli import render
from engine.runs import Event, Listener, Op, Said, StepEnded, StepStarted
from stacks import plural

if TYPE_CHECKING:
    from rich.tree import Tree

_DOING: Final = {
    Op.CREATE: "creating",
    Op.UPDATE: "updating",
    Op.REPLACE: "replacing",
    Op.DELETE: "deleting",
    Op.READ: "reading",
    Op.REFRESH: "refreshing",
}
_DONE: Final = {
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.REPLACE: "replaced",
    Op.DELETE: "deleted",
    Op.READ: "read",
    Op.REFRESH: "refreshed",
}
_LOOKING: Final = (Op.READ, Op.REFRESH)
_REFRESHES_A_SECOND: Final = 4
_FINISHED_SHOWN: Final = 6


def name_of(urn: str) -> tuple[str, str, str]:
    """Of a URN: the component it belongs to, its type and its name."""
    parts = urn.split("::")
    if len(parts) < 4:  # noqa: PLR2004 - urn:pulumi:STACK::PROJECT::TYPES::NAME
        return "", "", urn
    parents, _, kind = parts[2].rpartition("$")
    return parents.rpartition("$")[2].rpartition(":")[2], kind, parts[3]


@dataclass(slots=True)
class Step:
    """One resource at work."""

    urn: str
    op: Op
    began: float
    seconds: float | None = None
    ok: bool = True

    @property
    def running(self) -> bool:
        """Whether it is not over."""
        return self.seconds is None


@dataclass(slots=True)
class Board:
    """Every step of the run so far; events come from several threads."""

    clock: Callable[[], float] = time.monotonic
    began: float = 0.0
    steps: dict[tuple[str, Op], Step] = field(default_factory=dict[tuple[str, Op], Step])
    said: list[str] = field(default_factory=list[str])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, event: Event) -> None:
        """Note an event."""
        with self.lock:
            match event:
                case StepStarted() if event.op in _DOING:
                    self.steps[event.urn, event.op] = Step(event.urn, event.op, self.clock())
                case StepEnded() if event.op in _DOING:
                    step = self.steps.setdefault((event.urn, event.op), Step(event.urn, event.op, self.clock()))
                    step.seconds, step.ok = event.seconds, event.ok
                case Said():
                    self.said.append(event.text)
                case _:
                    pass

    def tree(self, title: str) -> Tree:
        """The board as a tree: components, and below them what is at work, what failed, what was done last."""
        from rich.tree import Tree

        with self.lock:
            steps = list(self.steps.values())
            over = sum(not step.running for step in steps)
            root = Tree(f"{title}  {over} of {len(steps)} steps so far, {self.clock() - self.began:.0f} s")
            for component in sorted({name_of(step.urn)[0] for step in steps}):
                mine = [step for step in steps if name_of(step.urn)[0] == component]
                branch = root.add(f"{component or 'stack'}  {sum(not s.running for s in mine)}/{len(mine)}")
                for step in _worth_showing(mine):
                    branch.add(self._line(step))
            for text in self.said[-3:]:
                root.add(text)
            return root

    def _line(self, step: Step) -> str:
        _, kind, name = name_of(step.urn)
        seconds = self.clock() - step.began if step.seconds is None else step.seconds
        return f"{word(step)} {name} ({kind})  {seconds:.1f} s"


def word(step: Step) -> str:
    """What is to be said of a step: `creating`, `created`, `failed`."""
    if step.running:
        return _DOING[step.op]
    return _DONE[step.op] if step.ok else f"FAILED {_DOING[step.op]}"


def _worth_showing(steps: list[Step]) -> list[Step]:
    over = [step for step in steps if not step.running and step.ok]
    return [step for step in steps if step.running or not step.ok] + over[-_FINISHED_SHOWN:]


@contextmanager
def following(title: str) -> Generator[Listener, None, None]:
    """A listener for one run; what it shows is over when the block is."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield lines.take
        lines.close()
        return
    from rich.live import Live

    board = Board(began=time.monotonic())
    shown = Live(
        get_renderable=lambda: board.tree(title),
        console=render.console(stderr=True),
        refresh_per_second=_REFRESHES_A_SECOND,
        vertical_overflow="ellipsis",
    )
    with shown:
        yield board.take


@dataclass(slots=True)
class Lines:
    """One line an event that people care for; for logs and pipelines. What was only looked at is counted."""

    looked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, event: Event) -> None:
        """Write what there is to say of an event."""
        with self.lock:
            match event:
                case StepStarted() if event.op in _DOING and event.op not in _LOOKING:
                    self._say(f"{_DOING[event.op]} {event.name} ({event.type})")
                case StepEnded() if event.op in _LOOKING and event.ok:
                    self.looked += 1
                case StepEnded() if event.op in _DOING:
                    _, kind, name = name_of(event.urn)
                    step = Step(event.urn, event.op, 0.0, event.seconds, event.ok)
                    self._say(f"{word(step)} {name} ({kind}) after {event.seconds:.1f} s")
                case Said():
                    self._say(event.text if event.severity == "info" else f"{event.severity}: {event.text}")
                case _:
                    pass

    def close(self) -> None:
        """Say how much was looked at since the last line."""
        if self.looked:
            _write(f"looked at {plural.count(self.looked, 'resource')}")
            self.looked = 0

    def _say(self, text: str) -> None:
        self.close()
        _write(text)


def _write(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S', time.gmtime())} {text}\n")
