"""Heads of HTTP requests as they come and as they go on, and answers of our own in Kubernetes' form. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

_LINE: Final = re.compile(r"[A-Z]+ /[^ ]* HTTP/1\.[01]")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS: Final = frozenset({"authorization", "connection", "host", "keep-alive", "proxy-connection"})


class Declined(Exception):  # noqa: N818 - an answer
    """A request that is not passed on: HTTP status, Kubernetes' reason in one word, a sentence."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status, self.reason, self.message = status, reason, message
        super().__init__(message)

    def answer(self) -> bytes:
        """The whole HTTP answer."""
        told: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        body = json.dumps({**told, "message": self.message, "reason": self.reason, "code": self.status}).encode()
        lines = (
            f"HTTP/1.1 {self.status} {self.reason}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass(frozen=True, slots=True)
class Head:
    """A request's line and headers."""

    line: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The only header of that name, else nothing."""
        found = [value for each, value in self.headers if each.lower() == name]
        return found[0] if len(found) == 1 else ""

    @property
    def token(self) -> str:
        """The bearer token; empty where there is none."""
        scheme, _, token = self.get("authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def passed_on(self, host: str, prefix: str, authorization: str) -> bytes:
        """The head as the server gets it: another login, and its connection ends with its answer.

        One request a connection: a second one would come in on the login of the first.
        """
        method, path, version = self.line.split(" ")
        # without `close`, a server that does not upgrade would take another request on this connection
        connection = "Upgrade, close" if self.get("upgrade") else "close"
        lines = [f"{method} {prefix}{path} {version}", f"Host: {host}", f"Connection: {connection}"]
        if authorization:
            lines.append(f"Authorization: {authorization}")
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in _OURS]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def parse(raw: bytes) -> Head:
    """A head, up to and with its empty line. Raises Declined where it is not plain HTTP/1.1."""
    line, *rest = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (each.partition(":") for each in rest)]
    sound = _LINE.fullmatch(line) and all(_NAME.fullmatch(name) for name, _ in headers)
    if not sound or re.search(r"[\r\n\0]", "".join(value for _, value in headers)):
        raise Declined(400, "BadRequest", "The request is no plain HTTP/1.1.")
    return Head(line, tuple(headers))
