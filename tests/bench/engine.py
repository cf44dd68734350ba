"""Stacks of 500 to 4,000 resources on the embedded engine over a cloud in memory: what each of them costs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.embedded.command import EmbeddedCommand
from engine.runs import Outcome
from engine.workspaces import Workspaces
from tests.bench.timing import seconds
from tests.world import Thing, World, WorldProvider

SIZES: Final = (500, 1000, 2000, 4000)
_STACK: Final = "bench.one"


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds for each resource of a stack of this size: to make it, to look at it without a change, to delete it."""

    resources: int
    make: float
    look: float
    delete: float


def measure(sizes: Sequence[int]) -> list[Point]:
    """A stack of each size, made, looked at, and destroyed."""
    return [_point(size) for size in sizes]


def table(points: Sequence[Point]) -> str:
    """The figures as ratios to the first ones."""
    first = points[0]
    lines = ["resources of one stack on the embedded engine, as ratios to the first ones"]
    lines.append(f"{'resources':>9} {'make one':>9} {'look at one':>12} {'delete one':>11}")
    for point in points:
        ratios = (point.make / first.make, point.look / first.look, point.delete / first.delete)
        told = " ".join(f"{ratio:>{width}.2f}" for ratio, width in zip(ratios, (9, 12, 11), strict=True))
        lines.append(f"{point.resources:>9} {told}")
    seen = (("make", first.make), ("look", first.look), ("delete", first.delete))
    absolute = "first: " + ", ".join(f"{what} {figure * 1000:.1f} ms" for what, figure in seen)
    return "\n".join([*lines, absolute, ""])


def _point(size: int) -> Point:
    with tempfile.TemporaryDirectory() as folder:
        command = EmbeddedCommand({"w": WorldProvider(World())})
        stacks = Workspaces(command, f"file://{folder}/state", "bench", Path(folder) / "work")
        stacks.preview(_STACK, lambda: None)
        make, look = (seconds(lambda: _apply(stacks, size)) for _ in range(2))
        delete = seconds(lambda: stacks.destroy(_STACK))
        return Point(size, make / size, look / size, delete / size)


def _apply(stacks: Workspaces, many: int) -> None:
    def program() -> None:
        before = Thing("0", {"v": 0})
        for number in range(1, many):
            inputs = {"v": number} if number % 10 else {"v": number, "x": before.out}
            thing = Thing(str(number), inputs)
            before = before if number % 10 else thing

    assert stacks.apply(_STACK, program).outcome is Outcome.SUCCEEDED
