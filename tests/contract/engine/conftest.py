from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.embedded.command import EmbeddedCommand
from engine.runs import Event, Run
from engine.workspaces import Workspaces
from tests.world import World, WorldProvider

STACK = "test.one"


@dataclass(slots=True)
class Bench:
    """A stack on the embedded engine over a cloud in memory."""

    folder: Path
    world: World = field(default_factory=World)
    stopping: Callable[[], bool] = lambda: False
    fence: Callable[[], None] = lambda: None
    events: list[Event] = field(default_factory=list[Event])

    def workspaces(self, parallel: int = 8) -> Workspaces:
        command = EmbeddedCommand({"w": WorldProvider(self.world)}, fence=self.fence, stopping=self.stopping)
        return Workspaces(command, f"file://{self.folder}/state", "pass", self.folder / "work", parallel)

    def preview(self, program: Callable[[], None], stack: str = STACK, exclude: Sequence[str] = ()) -> Run:
        return self.workspaces().preview(stack, program, self.events.append, exclude=self._urns(exclude))

    def apply(
        self, program: Callable[[], None], parallel: int = 8, stack: str = STACK, exclude: Sequence[str] = ()
    ) -> Run:
        self.world.calls.clear()
        return self.workspaces(parallel).apply(stack, program, self.events.append, exclude=self._urns(exclude))

    def _urns(self, names: Sequence[str]) -> list[str]:
        return [self.row(name)["urn"] for name in names]

    def destroy(self, parallel: int = 8) -> Run:
        self.world.calls.clear()
        return self.workspaces(parallel).destroy(STACK)

    def refresh(self) -> Run:
        return self.workspaces().refresh(STACK)

    def drift(self) -> Run:
        return self.workspaces().drift(STACK)

    def state(self, stack: str = STACK) -> dict[str, Any]:
        path = self.folder / f"state/.pulumi/stacks/tenants/{stack}.json"
        return json.loads(path.read_text())["checkpoint"]["latest"]

    def text(self) -> str:
        return (self.folder / f"state/.pulumi/stacks/tenants/{STACK}.json").read_text()

    def write_state(self, deployment: Mapping[str, Any]) -> None:
        path = self.folder / f"state/.pulumi/stacks/tenants/{STACK}.json"
        data = json.loads(path.read_text())
        data["checkpoint"]["latest"] = deployment
        path.write_text(json.dumps(data))

    def row(self, name: str) -> dict[str, Any]:
        rows = [row for row in self.state()["resources"] if row["urn"].endswith(f"::{name}") and not row.get("delete")]
        assert len(rows) == 1, rows
        return rows[0]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
