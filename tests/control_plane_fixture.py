"""The control plane's binary for a test session: built where it is not there, waited for where another builds it.

from tests.control_plane_fixture import control_plane  # pytest finds it by name
"""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.local_cloud import processes
from engine.local_cloud.home import Home
from engine.local_cloud.kubernetes import binary
from engine.local_cloud.network import certificates
from engine.local_cloud.servers.kubernetes import Kubernetes


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@pytest.fixture(scope="session")
def control_plane() -> Path:
    """Where it is. `make test` has begun to build it before the first test."""
    return binary.build(_say)


@contextmanager
def serving() -> Generator[dict[str, Any]]:
    """A control plane that no local cloud has started, as long as the context lasts: its administrator's kubeconfig."""
    folder = Path(tempfile.mkdtemp(prefix="kube-"))
    home = Home(folder)
    home.make()
    certificates.authority(home)
    server = Kubernetes(home, "test")
    server.create("", "http://127.0.0.1:9/nobody-reviews-tokens")
    server.begin()
    try:
        assert processes.wait_until(server.is_ready, 60), (server.folder / "server.log").read_text()[-2000:]
        yield _admin(server, home)
    finally:
        server.delete()
        shutil.rmtree(folder)


def _admin(server: Kubernetes, home: Home) -> dict[str, Any]:
    authority = base64.b64encode(home.ca_file.read_bytes()).decode()
    cluster = {"server": server.endpoint(), "certificate-authority-data": authority}
    token = (server.folder / "pki/local-admin.token").read_text()
    return {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "admin"}}],
        "current-context": "x",
    }
