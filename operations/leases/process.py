"""Which process this is, and whether another one still runs: read from the kernel.

Where the kernel has no /proc, boot and start are empty, and then only time frees a lease.
"""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path

from operations.leases import takeover
from operations.leases.model import Liveness, Owner

_START = 21 - 2
"""`starttime` is field 22 of /proc/PID/stat; the two before the state are cut off with the command's name."""


def this() -> Owner:
    """The calling process."""
    pid = os.getpid()
    return Owner(_user(), socket.gethostname(), _boot(), _space(), pid, start_of(pid) or "")


def liveness(seen: Owner) -> Liveness:
    """Whether `seen` still runs, as far as it can be known from here."""
    return takeover.observe(seen, this(), start_of(seen.pid))


def start_of(pid: int) -> str | None:
    """When the process began, in clock ticks since boot; None when there is no such process, or only its zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The command's name stands in parentheses and may hold anything, also parentheses and blanks.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[_START]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _space() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
