"""Ports of the emulators: found once, kept for ever.

They are taken below the range that the system hands out to outgoing connections, so that none of those can sit on
a kept port when the cloud starts again.
"""

from __future__ import annotations

import hashlib
import socket

_FIRST, _COUNT = 20000, 12000  # Linux hands out 32768-60999 by default


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def find(count: int, seed: str) -> list[int]:
    """Free ports, sought from a place that depends on the seed, so that two homes rarely meet."""
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    found: list[int] = []
    for step in range(_COUNT):
        port = _FIRST + (start + step) % _COUNT
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports between {_FIRST} and {_FIRST + _COUNT} on 127.0.0.1")
