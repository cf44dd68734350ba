"""The control plane's binary: built once from pinned Go modules, kept outside the checkout by the hash of its sources.

`python -m engine.local_cloud.kubernetes` builds it. It takes some ten minutes on two cores the first time, and
seconds after an edit of our own files.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import platformdirs

from engine.local_cloud import locks
from engine.local_cloud.kubernetes import toolchain
from engine.local_cloud.kubernetes.toolchain import NoToolchain

MODULE = Path(__file__).parent / "control_plane"
KUBERNETES = "1.36.3"
_VARIABLES = "k8s.io/component-base/version"
_STAMPS = {
    f"{_VARIABLES}.gitVersion": f"v{KUBERNETES}",
    f"{_VARIABLES}.gitMajor": KUBERNETES.split(".")[0],
    f"{_VARIABLES}.gitMinor": KUBERNETES.split(".")[1],
    f"{_VARIABLES}.gitTreeState": "archive",
    "k8s.io/client-go/pkg/version.gitVersion": f"v{KUBERNETES}",
}
_PERIOD_SECONDS = 30.0
_LAST_LINES = 5


class BuildFailed(Exception):  # noqa: N818 - a state of the machine
    """The binary could not be built; the message is a sentence with the last words of the compiler."""


def folder() -> Path:
    """Where binaries, their lock and the log of the last build are kept."""
    return Path(platformdirs.user_cache_dir("tenant")) / "control-plane"


def path() -> Path:
    """Where the binary of today's sources is, or will be."""
    digest = hashlib.sha256(repr(sorted(_STAMPS.items())).encode())
    for source in _sources():
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return folder() / f"control-plane-{digest.hexdigest()[:16]}"


def is_built() -> bool:
    """Whether it is there."""
    return path().exists()


def is_being_built() -> bool:
    """Whether some process is at it."""
    return locks.is_held(_lock()) if folder().exists() else False


def failure() -> str:
    """Why the last build failed, in a sentence; empty where it did not, or where another one is under way."""
    if is_built() or is_being_built() or not _failed().exists():
        return ""
    return _failed().read_text()


def forget_failure() -> None:
    """Let another build be tried."""
    _failed().unlink(missing_ok=True)


def log() -> Path:
    """What the last build said."""
    return folder() / "build.log"


def build(say: Callable[[str], None]) -> Path:
    """The binary, built if it is not there; waits for another process that builds it. Raises BuildFailed."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    if not is_built() and is_being_built():
        say("Waiting for another process that builds the Kubernetes control plane.")
    with locks.held(_lock()):
        if not is_built():
            say(f"Building the Kubernetes control plane, once: some ten minutes on two cores. Log: {log()}")
            forget_failure()
            for left in folder().glob(".control-plane-*"):
                left.unlink()  # of a builder that was killed: nobody else is at it
            try:
                _compile(say)
            except BuildFailed as error:
                _failed().write_text(str(error))
                raise
    return path()


def _sources() -> list[Path]:
    return sorted(each for each in MODULE.iterdir() if each.suffix in (".go", ".mod", ".sum"))


def _lock() -> Path:
    return folder() / "build.lock"


def _failed() -> Path:
    return path().with_name(f"{path().name}.failed")


def _compile(say: Callable[[str], None]) -> None:
    try:
        go = toolchain.find()
    except NoToolchain as error:
        raise BuildFailed(str(error)) from error
    unfinished = path().with_name(f".{path().name}.{secrets.token_hex(4)}")
    flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in _STAMPS.items())])
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-buildvcs=false -mod=readonly",
        "GOTOOLCHAIN": "local",
        "XDG_CONFIG_HOME": str(folder()),  # Go counts its calls there
    }
    started = time.monotonic()
    try:
        with log().open("w") as said:
            command = [go, "build", "-trimpath", "-ldflags", flags, "-o", unfinished, "."]
            process = subprocess.Popen(
                command, cwd=MODULE, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            _follow(process, say, started)
        if process.returncode:
            last = " | ".join(log().read_text(errors="replace").splitlines()[-_LAST_LINES:])
            raise BuildFailed(
                f"The Kubernetes control plane could not be built: {last}. The whole log is {log()}; "
                "the Go module proxy must be reachable. What is downloaded and compiled stays for the next try."
            )
        os.replace(unfinished, path())
    finally:
        unfinished.unlink(missing_ok=True)
    say(f"The Kubernetes control plane is built, after {time.monotonic() - started:.0f} s.")


def _follow(process: subprocess.Popen[bytes], say: Callable[[str], None], started: float) -> None:
    """Wait for the compiler; a sign of life now and then. Nothing of it is left when we are stopped."""
    try:
        while True:
            try:
                process.wait(_PERIOD_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"Building the Kubernetes control plane: {time.monotonic() - started:.0f} s.")
            else:
                return
    except BaseException:
        process.terminate()
        process.wait(10)
        raise
