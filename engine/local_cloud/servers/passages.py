"""A way into somebody's cluster for each emulated EKS cluster, where the home has chosen a context."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

from engine.local_cloud.home import Home
from engine.local_cloud.servers.kubernetes import Kubernetes
from engine.local_cloud.servers.wanted import KUBERNETES, PASSAGE

FAILURE = "failure"
"""Holds why the last start came to nothing, in a sentence."""
_MODULE = "engine.local_cloud.contexts"
_SECONDS = 2.0


class Passage(Kubernetes):
    """The process that lets the holders of EKS tokens into the context's cluster, and keeps nothing."""

    kind = PASSAGE
    is_ours = False

    def failure(self) -> str:
        """Why it does not serve, in a sentence; empty where nothing is wrong."""
        try:
            return (self.folder / FAILURE).read_text()
        except FileNotFoundError:
            return ""

    def forget_failure(self) -> None:
        """Let another start be tried."""
        (self.folder / FAILURE).unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Whether it serves: it listens once the context's cluster has answered."""
        try:
            known = self._wanted()
            socket.create_connection((known.address, known.port), _SECONDS).close()
        except OSError:
            return False
        return self.is_running()

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Refused: the local cloud has no say in somebody's cluster."""
        raise NotImplementedError("the local cloud keeps nothing in somebody's cluster")

    def _command(self) -> list[str | Path] | None:
        return [sys.executable, "-m", _MODULE, "-folder", self.folder, self.home.folder]

    def _environment(self) -> dict[str, str]:
        # an emulator that brings the supervisor back has the emulated root's keys: nothing for a login plugin
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, "PYTHONPATH": str(Path(__file__).parents[3])}


BY_KIND: dict[str, type[Kubernetes]] = {KUBERNETES: Kubernetes, PASSAGE: Passage}


def behind(home: Home, name: str) -> Kubernetes:
    """What serves an EKS cluster of this home."""
    return (Passage if home.context_file.exists() else Kubernetes)(home, name)
