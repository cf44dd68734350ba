"""The server behind an emulated EKS cluster whose objects live in somebody's cluster.

It ends TLS under our authority, has the caller's EKS token checked, and passes the request on with the context's login.
After the head it is bytes both ways, so watches and upgraded connections (exec, port-forward) need nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from typing import Final

from engine.local_cloud.contexts import heads
from engine.local_cloud.contexts.heads import Declined, Head
from engine.local_cloud.contexts.way import Way
from engine.providers.port import ProviderError

_CHUNK: Final = 65536
_SECONDS: Final = 10.0
_log = logging.getLogger("passage")


class Passage:
    """Serves connections, one request each. `lets_in` says whether a token is good; OSError where it can't."""

    def __init__(self, way: Way, lets_in: Callable[[str], bool]) -> None:
        self._way, self._lets_in = way, lets_in

    async def listen(self, address: str, port: int, trust: ssl.SSLContext) -> asyncio.Server:
        """Serve from now on. Raises OSError where the address is taken."""
        return await asyncio.start_server(self._serve, address, port, ssl=trust, limit=_CHUNK)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                await self._pass_on(reader, writer)
            except Declined as declined:
                writer.write(declined.answer())
                await writer.drain()
                await _swallow(reader)
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = heads.parse(await reader.readuntil(b"\r\n\r\n"))
        except asyncio.LimitOverrunError as error:
            raise Declined(431, "RequestEntityTooLarge", "The request's headers are too long.") from error
        await self._see_token(head)
        inner, out = await self._open()
        target = self._way.target
        try:
            authorization = await asyncio.to_thread(self._way.authorization)
            out.write(head.passed_on(target.host, target.prefix, authorization))
            # whoever ends first ends both: a client that is gone must not leave its watch behind
            both = [asyncio.create_task(_pump(reader, out)), asyncio.create_task(_pump(inner, writer))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for each in both:
                each.cancel()
        except ProviderError as error:
            _log.warning("%s", error)
            raise Declined(503, "ServiceUnavailable", str(error)) from error
        finally:
            out.close()

    async def _see_token(self, head: Head) -> None:
        try:
            good = bool(head.token) and await asyncio.to_thread(self._lets_in, head.token)
        except (OSError, ValueError, KeyError) as error:
            _log.warning("a token could not be checked: %s", error)
            raise Declined(503, "ServiceUnavailable", "The local cloud can't check tokens now.") from error
        if not good:
            raise Declined(401, "Unauthorized", "Unauthorized")

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        target = self._way.target
        try:
            opening = asyncio.open_connection(*target.address, ssl=self._way.trust, server_hostname=target.name)
            return await asyncio.wait_for(opening, _SECONDS)
        except (OSError, TimeoutError) as error:
            _log.warning("%s: %s", target.server, error)
            raise Declined(503, "ServiceUnavailable", f"The cluster at {target.server} does not answer.") from error


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()


async def _swallow(reader: asyncio.StreamReader) -> None:
    """What is still on its way: a connection that is closed over unread bytes loses the answer too."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            while await reader.read(_CHUNK):
                pass
