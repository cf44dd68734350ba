"""A program as the Automation API runs it in this process: declared at once, and without a word that only debugs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2

Program: TypeAlias = Callable[[], None]

_DEBUG: Final = engine_pb2.LogSeverity.Value("DEBUG")


def of(program: Program) -> Callable[[], Awaitable[None]]:
    """The program, over once what it declares is being registered.

    The SDK waits for the registrations that have begun, one after the other, then for the outputs that are left, all
    of them again after each (`pulumi.runtime.stack.wait_for_rpcs`). A plain function ends before any has begun: then
    the whole run would be spent in the second way, in time quadratic in what is declared.
    """

    async def declare() -> None:
        known: Any = settings.SETTINGS  # its properties are made by a decorator that has no types
        known.engine = _Quiet(known.engine)
        program()
        await asyncio.sleep(0)

    return declare


class _Quiet:
    """The engine, as programs speak to it, but for what they say to debug the SDK.

    Each such word is a call that the program waits for, and the SDK has several for each resource.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def Log(self, request: engine_pb2.LogRequest) -> None:  # noqa: N802 - the name of the protocol
        if request.severity != _DEBUG:
            self._engine.Log(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)
