"""The emulators' side of staying alive: hold a lock, tell a pid, and bring a killed supervisor back."""

from __future__ import annotations

import os
import subprocess
import threading
import time

from engine.local_cloud import emulators, locks, processes, supervision
from engine.local_cloud.home import Home, write

_PERIOD_SECONDS = 0.5


def announce(home: Home, name: str) -> locks.Lock:
    """Be the only process of this name for the home. Ends this process where there is another."""
    found: list[locks.Lock] = []

    def mine() -> bool:
        lock = locks.take(home.locks / name)
        found.extend([lock] if lock else [])
        return lock is not None

    if not processes.wait_until(mine, 2):
        raise SystemExit(f"{name} runs already for {home.folder}")
    write(home.folder / f"{name}.pid", str(os.getpid()))
    return found[0]


def over(home: Home) -> None:
    """Watch the supervisor from a thread of this process."""
    threading.Thread(target=_watch, args=(home,), daemon=True, name="watch").start()


def _watch(home: Home) -> None:
    started: subprocess.Popen[bytes] | None = None
    while True:
        time.sleep(_PERIOD_SECONDS)
        if started is not None and started.poll() is None:
            continue
        if home.wanted() and not locks.is_held(home.locks / "supervisor"):
            started = emulators.spawn(home, supervision.MODULE, "supervisor")
