"""The few words of Valkey's protocol (RESP 2) that the local cloud needs, without a client library to import."""

from __future__ import annotations

import socket
from types import TracebackType

_SECONDS = 5


class Refused(Exception):
    """The server answered with an error."""


class Connection:
    """An administrator's connection. `call` returns the answer as text."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._socket = socket.create_connection((host, port), _SECONDS)
        self._answers = self._socket.makefile("rb")
        self.call("AUTH", user, password)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._answers.close()
        self._socket.close()

    def call(self, *words: str) -> str:
        """Send one command. Raises Refused with the server's words, OSError where it does not answer."""
        self._socket.sendall(encoded(words))
        line = self._answers.readline().decode()
        if not line.endswith("\r\n"):
            raise ConnectionResetError("Valkey closed the connection")
        mark, rest = line[0], line[1:-2]
        if mark == "-":
            raise Refused(rest)
        if mark == "$":
            return self._answers.read(int(rest) + 2)[:-2].decode()
        return rest


def encoded(words: tuple[str, ...]) -> bytes:
    """A command as an array of bulk strings."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        content = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(content), content))
    return b"".join(parts)
