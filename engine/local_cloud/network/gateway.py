"""TLS in front of servers that were built without it: neither wheel's server knows TLS.

Postgres asks for TLS inside its own protocol (SSLRequest); Valkey speaks plain TLS or none. SCRAM channel binding and
`sslnegotiation=direct` cannot work through it.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import ssl
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from engine.local_cloud.network.addresses import INNER

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL protocol, message formats: SSLRequest
_CHUNK = 65536
_ENCRYPTION_NEEDED = b"SFATAL\0VFATAL\0C28000\0Mno encryption: rds.force_ssl is on; connect with sslmode=require\0\0"


class Tls(enum.StrEnum):
    """How a server wants to be spoken to."""

    NONE = "none"
    PLAIN_TLS = "tls"
    POSTGRES_OFFERED = "postgres-offered"
    POSTGRES_FORCED = "postgres-forced"


@dataclass(frozen=True, slots=True)
class Door:
    """An address and port in front of a server."""

    address: str
    port: int
    tls: Tls
    certificate: Path
    key: Path


class Gateway:
    """Opens and closes doors. All of it runs in one thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._open: dict[Door, asyncio.Server] = {}
        threading.Thread(target=self.loop.run_forever, daemon=True, name="gateway").start()

    def doors(self) -> frozenset[Door]:
        """What is open now."""
        return frozenset(self._open)

    def open(self, door: Door) -> None:
        """Listen at the door; an OSError where its address is taken."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(door.certificate, door.key)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                first = await _greet(door, context, reader, writer)
                if first is not None:
                    await _join(door, first, reader, writer)
            writer.close()

        outer = context if door.tls is Tls.PLAIN_TLS else None
        start = asyncio.start_server(serve, door.address, door.port, ssl=outer)
        self._open[door] = asyncio.run_coroutine_threadsafe(start, self.loop).result(10)

    def close(self, door: Door) -> None:
        """Let no one else in; who is in stays until the server ends the connection."""
        server = self._open.pop(door)
        self.loop.call_soon_threadsafe(server.close)


async def _greet(
    door: Door, context: ssl.SSLContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bytes | None:
    """Settle TLS with the client. The bytes to pass on first, or None where it was sent away."""
    if door.tls not in (Tls.POSTGRES_OFFERED, Tls.POSTGRES_FORCED):
        return b""
    first = await reader.readexactly(8)
    if first == _SSL_REQUEST:
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(context)
        return b""
    if door.tls is Tls.POSTGRES_OFFERED:
        return first
    writer.write(b"E" + struct.pack("!i", len(_ENCRYPTION_NEEDED) + 4) + _ENCRYPTION_NEEDED)
    await writer.drain()
    return None


async def _join(door: Door, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    inner, out = await asyncio.open_connection(door.address, door.port + INNER)
    out.write(first)
    await asyncio.gather(_pump(reader, out), _pump(inner, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
    target.close()
