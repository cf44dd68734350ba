"""Processes of the local cloud, known by pid and by what their command line says: never by pid alone.

A pid read from a file may by now be someone else's; the folder of the home in the command line tells.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def is_running(pid: int | None, mark: str) -> bool:
    """Whether the process lives and its command line holds the mark."""
    if not pid:
        return False
    try:
        return mark in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False


def read_pid(path: Path) -> int | None:
    """The number on the first line of a pid file, None where there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def memory_mb(pid: int | None) -> float:
    """Resident memory in MB, of a server with its forks (a Postgres is many)."""
    if not pid:
        return 0.0
    total = 0
    for each in (pid, *_forks(pid)):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{each}/statm").read_text().split()[1]) * _PAGE
    return round(total / 1e6, 1)


def end(pid: int | None, mark: str, *, seconds: float) -> bool:
    """Ask the process to end, make it end when the time is over. Whether there was one."""
    if pid is None or not is_running(pid, mark):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: not is_running(pid, mark), seconds):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not is_running(pid, mark), 5)
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look until the condition holds; False when the time is over."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _program(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def _forks(pid: int) -> list[int]:
    """Children with the same program and no Python: a supervisor's children have their own lines."""
    program = _program(pid)
    return [child for child in _children(pid) if _program(child) == program and "python" not in program]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found
