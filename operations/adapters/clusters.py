"""Clusters by name, and requests to them: as whoever verifies, with a token, or on behalf of a group of people.

Connections are kept: who one is, is said with every request, and a handshake for each costs more than the request.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from operations.adapters import answers
from operations.isolation.model import Party
from operations.isolation.ports import Ask

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.providers.kubernetes.connection import Connection
    from engine.providers.logins import Renewed
    from engine.providers.reach import Reach

_REHEARSED: Final = {"dryRun": "All"}
KEPT: Final = 32
"""Connections of those who asked last: each holds a few sockets, and a fleet has an account a tenant."""


class Clusters:
    """Connections to the clusters of one account; `access` is who verifies, and administers them."""

    def __init__(self, access: AwsAccess, reach: Reach) -> None:
        self._access, self._reach, self._lock = access, reach, threading.Lock()
        self._described: dict[tuple[str, str], tuple[str, str]] = {}
        self._administrators: dict[tuple[str, str], Renewed] = {}
        self._connections: OrderedDict[tuple[str, str], Connection] = OrderedDict()

    def administrator(self, at: Party) -> Connection:
        """As who verifies. Raises Refusal and Unclear."""
        return self.holder(at, self._administrator(at.region, at.said("cluster")).token())

    def holder(self, at: Party, token: str) -> Connection:
        """As whoever this token is of. Raises Refusal and Unclear."""
        from engine.providers.kubernetes.connection import Connection
        from engine.providers.kubernetes.settings import Settings
        from engine.providers.logins import Login

        server, authority = self._where(at)
        key = (server, token)
        with self._lock:
            if key not in self._connections:
                with answers.of_kubernetes():
                    made = Connection(Settings(server, authority, Login(token=token)), self._reach)
                self._connections[key] = made
                if len(self._connections) > KEPT:
                    self._connections.popitem(last=False)
            self._connections.move_to_end(key)
            return self._connections[key]

    def _administrator(self, region: str, cluster: str) -> Renewed:
        """Tokens of who verifies, a new one shortly before the last one ends."""
        from engine.providers.aws import eks_tokens
        from engine.providers.logins import Renewed

        key = (region, cluster)
        with self._lock:
            if key not in self._administrators:
                self._administrators[key] = Renewed(partial(eks_tokens.of(self._access), *key))
            return self._administrators[key]

    def _where(self, at: Party) -> tuple[str, str]:
        from engine.providers.aws.calls import Api

        key = (at.region, at.said("cluster"))
        with self._lock:
            if key not in self._described:
                with answers.of_aws():
                    said = Api(self._access, at.region).read("eks", "DescribeCluster", name=key[1])["cluster"]
                authority = base64.b64decode(said["certificateAuthority"]["data"]).decode()
                self._described[key] = (said["endpoint"], authority)
            return self._described[key]


def send(connection: Connection, ask: Ask) -> Mapping[str, Any]:
    """The server's answer. Raises Refusal where it said no, Unclear for all else."""
    from engine.providers.kubernetes.connection import Request

    query = _REHEARSED if ask.rehearse and ask.method != "GET" else None
    path, _, asked = ask.path.partition("?")
    given = dict(part.split("=", 1) for part in asked.split("&")) if asked else {}
    request = Request(
        f"{ask.method} {path}", ask.method, path, ask.body, {**given, **(query or {})} or None, headers=ask.headers
    )
    with answers.of_kubernetes():
        return connection.send(request)
