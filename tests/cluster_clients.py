"""Clients of an emulated cluster's API, past the tool."""

from __future__ import annotations

from typing import Any

from engine.providers.kubernetes import settings
from engine.providers.kubernetes.connection import Connection, Request
from engine.providers.port import Props
from engine.providers.reach import Direct


def connect(described: dict[str, Any], token: str) -> Connection:
    """A client with this token, of a cluster as DescribeCluster tells it."""
    where = {"server": described["endpoint"], "certificate-authority-data": described["certificateAuthority"]["data"]}
    file = {
        "clusters": [{"name": "c", "cluster": where}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    return Connection(settings.parse({"kubeconfig": file}), Direct())


def ask(client: Connection, path: str, method: str = "GET", body: Props | None = None) -> Props:
    """One request."""
    return client.send(Request(path, method, path, body))
