"""An own loopback address for each real server, so that it keeps the port its program asked for.

A rewritten port would be a difference for ever, and forces the replacement of a replication group. All of
127.0.0.0/8 is this machine on Linux; elsewhere only 127.0.0.1 is, and the local cloud cannot run.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator

from engine.local_cloud import locks
from engine.local_cloud.home import Home, read_json, write

INNER = 10000  # a server itself listens on its port + INNER; the gateway with TLS on the port


def candidates(home: str, name: str) -> Iterator[str]:
    """Addresses to try for a server, the same ones each time, apart from those of other homes."""
    for attempt in range(4096):
        digest = hashlib.sha256(f"{home}\0{name}\0{attempt}".encode()).digest()
        yield f"127.{16 + digest[0] % 238}.{digest[1]}.{1 + digest[2] % 254}"


def assign(home: Home, name: str, port: int) -> str:
    """The address of the server for as long as the home lives: kept in a file, so that a restart finds it."""
    book = home.folder / "addresses.json"
    with locks.held(home.locks / "addresses"):
        known: dict[str, str] = read_json(book) or {}
        if name in known:
            return known[name]
        for candidate in candidates(str(home.folder), name):
            if candidate not in known.values() and _is_free(candidate, port) and _is_free(candidate, port + INNER):
                write(book, json.dumps({**known, name: candidate}, indent=1))
                return candidate
    raise OSError(f"no free loopback address for {name}")


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
