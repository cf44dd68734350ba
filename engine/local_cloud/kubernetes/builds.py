"""A build of the control plane that the local cloud has started by itself: in the background, ended with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.local_cloud import processes
from engine.local_cloud.home import Home, write
from engine.local_cloud.kubernetes import binary

_MODULE = "engine.local_cloud.kubernetes"
_SECONDS = 15


def begin(home: Home) -> None:
    """Start one, unless some process is at it or the last one failed."""
    if binary.is_being_built() or binary.failure() or _pid(home):
        return
    with (home.logs / "control-plane-build.log").open("a") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            cwd=Path(__file__).parents[3],
        )
    write(_pid_file(home), str(process.pid))


def end(home: Home) -> bool:
    """End ours, with its compiler. Whether there was one."""
    return processes.end(_pid(home), _MODULE, seconds=_SECONDS)


def _pid(home: Home) -> int | None:
    pid = processes.read_pid(_pid_file(home))
    return pid if processes.is_running(pid, _MODULE) else None


def _pid_file(home: Home) -> Path:
    return home.folder / "control-plane-build.pid"
