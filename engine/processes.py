"""Whether another process still runs: read from the kernel. Where there is no /proc, nothing can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# `starttime` is field 22 of /proc/PID/stat; the two before the state are cut off with the command's name
_START: Final = 21 - 2


def start_of(pid: int) -> str | None:
    """When the process began, in clock ticks since boot; None when there is no such process, or only its zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # the command's name stands in parentheses and may hold anything, also parentheses and blanks
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[_START]


def boot() -> str:
    """Which boot of the machine this is; empty where the kernel does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
