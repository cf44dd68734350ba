"""TLS to caches with one context for all connections: redis makes one for each, and loads the system's store into it.

That is nine tenths of what a command costs that is sent on a connection of its own.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from socket import socket
from typing import Any, cast

from redis.connection import SSLConnection


class Connection(SSLConnection):
    """By the authorities of `ssl_ca_certs`, which are the only ones then, or by the system's store."""

    def _wrap_socket_with_ssl(self, sock: socket) -> ssl.SSLSocket:
        given = cast("Any", self)  # redis's own annotations leave the types open
        file = str(given.ca_certs or "")
        trust = context(file, Path(file).read_bytes() if file else b"")
        return trust.wrap_socket(sock, server_hostname=str(given.host))


@lru_cache(maxsize=8)
def context(file: str, written: bytes) -> ssl.SSLContext:
    """Of a file of authorities, and what is `written` there; none for the system's store. The server's name counts."""
    return ssl.create_default_context(cafile=file or None)
