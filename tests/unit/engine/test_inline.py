"""What a program says to the engine, but for what only debugs the SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2

from engine import inline


class Engine:
    """Takes what is said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def Log(self, request: engine_pb2.LogRequest) -> None:  # noqa: N802 - the name of the protocol
        self.heard.append(request.message)

    def GetRootResource(self, request: object) -> str:  # noqa: N802 - the name of the protocol
        return "root"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    known: Any = settings.SETTINGS
    monkeypatch.setattr(known, "engine", made)
    return made


def test_a_program_is_heard_but_for_what_only_debugs(engine: Engine) -> None:
    answers: list[object] = []

    def program() -> None:
        pulumi.log.debug("each of these would be waited for")
        pulumi.log.info("made")
        pulumi.log.warn("beware")
        known: Any = settings.get_engine()
        answers.append(known.GetRootResource(None))

    async def run() -> None:
        await inline.of(program)()

    loop = asyncio.new_event_loop()  # `asyncio.run` would leave none behind, and Pulumi's mocks ask for one
    loop.run_until_complete(run())
    loop.close()
    assert engine.heard == ["made", "beware"]
    assert answers == ["root"]
