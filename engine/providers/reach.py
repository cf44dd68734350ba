"""The way to a private endpoint: straight, or one day through a tunnel or a job inside the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Way:
    """Where to connect so as to reach an endpoint, and the CA that its certificate is checked against."""

    host: str
    port: int
    ca_file: Path | None = None


class Reach(Protocol):
    """Finds the way to a private endpoint. Raises `stacks.errors.CloudUnreachable` where there is none."""

    def way(self, host: str, port: int) -> Way:
        """How to get to `host:port` from here."""
        ...


@dataclass(frozen=True, slots=True)
class Direct:
    """The endpoint answers at its own address: the local cloud, or a runner inside the network."""

    ca_file: Path | None = None

    def way(self, host: str, port: int) -> Way:
        """The endpoint itself."""
        return Way(host, port, self.ca_file)
