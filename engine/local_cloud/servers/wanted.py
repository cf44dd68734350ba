"""What the emulators want of each real server, as one small file beside its data.

Nothing is remembered as an event: whoever looks makes the files true. The emulators write them, the supervisor keeps
servers and doors as they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.local_cloud.home import Home, read_json, write
from engine.local_cloud.network.gateway import Tls

POSTGRES, VALKEY, KUBERNETES, PASSAGE = "postgres", "valkey", "kubernetes", "passage"
CLUSTERS = frozenset({KUBERNETES, PASSAGE})
"""What serves EKS clusters. They speak TLS themselves: no door is in front of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A real server: where it answers, how, and whether it shall run. `version` is the engine's major number."""

    kind: str
    name: str
    address: str
    port: int
    tls: Tls
    version: int = 0
    running: bool = True

    def stopped(self) -> Wanted:
        """The same server, not running."""
        return replace(self, running=False)


def folder(home: Home, kind: str, name: str) -> Path:
    """Where the server's data is."""
    return home.servers / kind / name


def lock_file(home: Home, kind: str, name: str) -> Path:
    """Held while the server is made, started, stopped or deleted."""
    return home.locks / f"{kind}.{name}"


def save(home: Home, wanted: Wanted) -> None:
    """Write it, if it says something new."""
    if load(home, wanted.kind, wanted.name) != wanted:
        write(folder(home, wanted.kind, wanted.name) / "wanted.json", json.dumps(asdict(wanted), indent=1))


def load(home: Home, kind: str, name: str) -> Wanted | None:
    """What is wanted of one server; None where it is not there, or not yet."""
    known: dict[str, Any] | None = read_json(folder(home, kind, name) / "wanted.json")
    if known is None:
        return None
    known["tls"] = Tls(known["tls"])
    return Wanted(**known)


def every(home: Home) -> Iterator[Wanted]:
    """All real servers, sorted."""
    for path in sorted(home.servers.glob("*/*/wanted.json")):
        if found := load(home, path.parent.parent.name, path.parent.name):
            yield found
