"""Locks between processes: held by a file descriptor, so they end with their holder, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """A lock that this process holds until `release` or its end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._descriptor)


def take(path: Path) -> Lock | None:
    """The lock if it is free now, else None."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Lock(descriptor)


def is_held(path: Path) -> bool:
    """Whether a live process holds the lock."""
    if not path.exists():
        return False
    lock = take(path)
    if lock:
        lock.release()
    return lock is None


@contextmanager
def held(path: Path) -> Generator[None]:
    """Wait for the lock and hold it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
