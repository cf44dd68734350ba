"""The two emulator processes: started with a clean environment, found again by whoever looks, ended by pid."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from engine.local_cloud import locks, processes
from engine.local_cloud.home import Home, Settings

MOTO, MINISTACK = "moto", "ministack"
NAMES = (MINISTACK, MOTO)
_MODULES = {MOTO: "engine.local_cloud.moto_side", MINISTACK: "engine.local_cloud.ministack_side"}
_STRANGERS = ("AWS_", "DOCKER_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_SLOWEST_RETRY_SECONDS = 20


def environment(home: Home, settings: Settings) -> dict[str, str]:
    """What both emulators run with. Nothing of the caller's AWS, Docker or proxy settings reaches them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_STRANGERS)}
    return {
        **kept,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TMPDIR": str(home.temporary),
        "AWS_ACCESS_KEY_ID": settings.access_key,
        "AWS_SECRET_ACCESS_KEY": settings.secret_key,
        "AWS_ENDPOINT_URL": settings.refusal,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MINISTACK_ACCOUNT_ID": settings.account,
        "MINISTACK_REGION": settings.region,
        "MOTO_ACCOUNT_ID": settings.account,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(settings.ministack_port),
        "USE_SSL": "1",  # only for the addresses in answers, such as a queue's: the launcher serves TLS itself
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.folder / MINISTACK),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.folder / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "CLOUDTRAIL_RECORDING": "1",
        "LOG_LEVEL": "WARNING",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "false",
    }


def mark(home: Home, module: str) -> str:
    """What the command line of one of this home's processes holds, and no other process's does."""
    return f"{module}\0{home.folder}\0"


def spawn(home: Home, module: str, log: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start one of the cloud's Python processes, detached from whoever starts it."""
    with (home.logs / f"{log}.log").open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(home.folder)],
            cwd=home.folder,
            env=env or {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


@dataclass
class Emulator:
    """One of the two, as the supervisor sees it: alive while it holds its lock, whoever started it."""

    home: Home
    name: str
    _child: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _deaths: int = 0

    @property
    def pid_file(self) -> Path:
        """Written by the emulator itself, once it holds its lock."""
        return self.home.folder / f"{self.name}.pid"

    def pid(self) -> int | None:
        """Its process, None where it does not run."""
        pid = processes.read_pid(self.pid_file)
        return pid if processes.is_running(pid, mark(self.home, _MODULES[self.name])) else None

    def keep(self, settings: Settings) -> bool:
        """Start it if it is dead; one that dies at once is started ever more slowly. Whether it was started."""
        if self._child is not None and self._child.poll() is None:
            return False
        if self.pid() or locks.is_held(self.home.locks / self.name):
            return False
        now = time.monotonic()
        if now - self._started < min(0.5 * 2**self._deaths, _SLOWEST_RETRY_SECONDS) and self._deaths:
            return False
        self._deaths = self._deaths + 1 if now - self._started < _SLOWEST_RETRY_SECONDS else 0
        self._child = spawn(self.home, _MODULES[self.name], self.name, environment(self.home, settings))
        self._started = now
        return True

    def end(self, seconds: float = 20) -> bool:
        """End it. It saves its state first; whether there was one."""
        pid = self._child.pid if self._child is not None and self._child.poll() is None else self.pid()
        ended = processes.end(pid, mark(self.home, _MODULES[self.name]), seconds=seconds)
        if self._child is not None:
            self._child.wait(5)
        return ended
