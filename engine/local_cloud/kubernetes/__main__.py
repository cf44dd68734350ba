"""Build the control plane's binary ahead, and say where it is."""

from __future__ import annotations

import signal
import sys

from engine.local_cloud.kubernetes import binary
from engine.local_cloud.kubernetes.binary import BuildFailed


def say(text: str) -> None:
    """Progress goes to stderr."""
    sys.stderr.write(f"{text}\n")


def stop(*_: object) -> None:
    """So that the compiler ends with us."""
    raise SystemExit(143)


signal.signal(signal.SIGTERM, stop)
try:
    sys.stdout.write(f"{binary.build(say)}\n")
except BuildFailed as error:
    say(f"error: {error}")
    raise SystemExit(1) from error
