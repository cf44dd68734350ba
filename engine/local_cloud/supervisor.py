"""The process that keeps a local cloud as it shall be: `python -m engine.local_cloud.supervisor HOME`."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path

from engine.local_cloud import locks, processes
from engine.local_cloud.home import Home, write
from engine.local_cloud.supervision import Supervisor

_log = logging.getLogger("supervisor")


def main(folder: str) -> int:
    """Run for a home; 0 also where another supervisor runs for it already."""
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    home = Home(Path(folder))
    held: list[locks.Lock] = []

    def mine() -> bool:
        lock = locks.take(home.locks / "supervisor")
        held.extend([lock] if lock else [])
        return lock is not None

    if not processes.wait_until(mine, 1):
        return 0
    write(home.folder / "supervisor.pid", str(os.getpid()))
    home.ready_file.unlink(missing_ok=True)
    supervisor = Supervisor(home, home.choose_settings())

    def leave(*_: object) -> None:
        supervisor.stopping.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _log.info("supervisor %s for %s", os.getpid(), home.folder)
    supervisor.run()
    for file in (home.ready_file, home.folder / "supervisor.pid"):
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
