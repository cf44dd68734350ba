"""Clusters by name, and requests to them: as whoever verifies, with a token, or on behalf of a group of people."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from operations.adapters import answers
from operations.isolation.model import Party
from operations.isolation.ports import Ask

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.providers.kubernetes.connection import Connection
    from engine.providers.reach import Reach

_REHEARSED: Final = {"dryRun": "All"}


class Clusters:
    """Connections to the clusters of one account; `access` is who verifies, and administers them."""

    def __init__(self, access: AwsAccess, reach: Reach) -> None:
        self._access, self._reach, self._lock = access, reach, threading.Lock()
        self._described: dict[tuple[str, str], tuple[str, str]] = {}

    def administrator(self, at: Party) -> Connection:
        """As who verifies. Raises Refusal and Unclear."""
        from engine.providers.aws import eks_tokens

        return self.holder(at, eks_tokens.token(self._access, at.region, at.said("cluster")).text)

    def holder(self, at: Party, token: str) -> Connection:
        """As whoever this token is of. Raises Refusal and Unclear."""
        from engine.providers.kubernetes.connection import Connection
        from engine.providers.kubernetes.settings import Settings
        from engine.providers.logins import Login

        server, authority = self._where(at)
        with answers.of_kubernetes():
            return Connection(Settings(server, authority, Login(token=token)), self._reach)

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
