"""Which doors the supervisor's gateway has open, for those who must not say `available` before one is."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.local_cloud import processes
from engine.local_cloud.home import Home, read_json, write
from engine.local_cloud.network.gateway import Door, Tls
from engine.local_cloud.servers.wanted import Wanted

_SECONDS = 20


def tell(home: Home, doors: Iterable[Door]) -> None:
    """Write down what is open now. Only the supervisor does."""
    listed = sorted((door.address, door.port, str(door.tls)) for door in doors)
    write(home.folder / "doors.json", json.dumps(listed))


def wait(home: Home, one: Wanted) -> bool:
    """Until the server's door is open as wanted; False where that takes too long (no supervisor just now)."""
    return processes.wait_until(lambda: _is_open(home, one.address, one.port, one.tls), _SECONDS)


def _is_open(home: Home, address: str, port: int, tls: Tls) -> bool:
    return [address, port, str(tls)] in (read_json(home.folder / "doors.json") or [])
