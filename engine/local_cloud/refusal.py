"""The endpoint for every service that the local cloud does not have: it refuses with a sentence.

It is the default endpoint of all clients, so that a call to such a service ends here and never at a real AWS host.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from xml.sax.saxutils import escape

_SCOPE = re.compile(rb"Credential=[^/]+/\d{8}/[\w-]+/([\w.-]+)/")
_LIMIT = 65536
CODE = "NotInTheLocalCloud"


def sentence(service: str) -> str:
    """What the caller reads."""
    name = service or "This service"
    return f"{name} is not in the local cloud, and no call leaves this machine. See: tenant local status"


def answer(head: bytes) -> bytes:
    """The whole HTTP answer to a request, from its head: 501 in the form its protocol reads errors in."""
    lower = head.lower()
    found = _SCOPE.search(head)
    text = sentence(found[1].decode() if found else "")
    if b"x-www-form-urlencoded" in lower:
        kind = "text/xml"
        error = f"<Error><Type>Sender</Type><Code>{CODE}</Code><Message>{escape(text)}</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>local</RequestId></ErrorResponse>"
    elif b"x-amz-target" in lower or b"json" in lower:
        kind, body = "application/x-amz-json-1.1", json.dumps({"__type": CODE, "message": text})
    elif found and found[1] in (b"s3", b"route53", b"cloudfront"):
        kind = "application/xml"
        body = f"<ErrorResponse><Error><Code>{CODE}</Code><Message>{escape(text)}</Message></Error></ErrorResponse>"
    else:
        kind, body = "application/json", json.dumps({"code": CODE, "message": text})
    lines = (
        "HTTP/1.1 501 Not Implemented",
        f"Content-Type: {kind}",
        f"x-amzn-errortype: {CODE}",
        f"Content-Length: {len(body.encode())}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection and close it."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if length:
            await reader.readexactly(min(int(length[1]), _LIMIT))
        writer.write(answer(head))
        await writer.drain()
    writer.close()


def listen(loop: asyncio.AbstractEventLoop, port: int) -> None:
    """Serve on 127.0.0.1:port in a loop that another thread runs."""
    asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", port), loop).result(10)
