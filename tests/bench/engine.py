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
    """Seconds for each resource of a stack of this size.

    To make it, to look at it without a change, to leave it alone where it is excluded and not declared, to delete it.
    """

    resources: int
    make: float
    look: float
    leave: float
    delete: float


def measure(sizes: Sequence[int]) -> list[Point]:
    """A stack of each size, made, looked at, and destroyed."""
    return [_point(size) for size in sizes]


def table(points: Sequence[Point]) -> str:
    """The figures as ratios to the first ones."""
    first = points[0]
    lines = ["resources of one stack on the embedded engine, as ratios to the first ones"]
    lines.append(f"{'resources':>9} {'make one':>9} {'look at one':>12} {'leave one':>10} {'delete one':>11}")
    for point in points:
        pairs = zip(_figures(point), _figures(first), (9, 12, 10, 11), strict=True)
        told = " ".join(f"{here / there:>{width}.2f}" for here, there, width in pairs)
        lines.append(f"{point.resources:>9} {told}")
    seen = zip(("make", "look", "leave", "delete"), _figures(first), strict=True)
    absolute = "first: " + ", ".join(f"{what} {figure * 1000:.1f} ms" for what, figure in seen)
    return "\n".join([*lines, absolute, ""])


def _figures(point: Point) -> tuple[float, float, float, float]:
    return point.make, point.look, point.leave, point.delete


def _point(size: int) -> Point:
    with tempfile.TemporaryDirectory() as folder:
        command = EmbeddedCommand({"w": WorldProvider(World())})
        stacks = Workspaces(command, f"file://{folder}/state", "bench", Path(folder) / "work")
        stacks.preview(_STACK, lambda: None)
        make, look = (seconds(lambda: _apply(stacks, size)) for _ in range(2))
        made = [str(row["urn"]) for row in stacks.resources(_STACK)]
        leave = seconds(lambda: stacks.apply(_STACK, lambda: None, exclude=made))
        delete = seconds(lambda: stacks.destroy(_STACK))
        return Point(size, make / size, look / size, leave / size, delete / size)


def _apply(stacks: Workspaces, many: int) -> None:
    def program() -> None:
        before = Thing("0", {"v": 0})
        for number in range(1, many):
            inputs = {"v": number} if number % 10 else {"v": number, "x": before.out}
            thing = Thing(str(number), inputs)
            before = before if number % 10 else thing

    assert stacks.apply(_STACK, program).outcome is Outcome.SUCCEEDED
