"""The time as states hold it."""

from __future__ import annotations

import time


def now() -> str:
    """UTC with nanoseconds' width."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanoseconds:09d}Z"
