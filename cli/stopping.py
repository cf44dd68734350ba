"""Ctrl-C: the first ends the run in good order, the second at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether somebody wants the run to end."""

    def __init__(self) -> None:
        self._wanted = threading.Event()

    def __call__(self) -> bool:
        """True from the first signal on."""
        return self._wanted.is_set()

    def take(self, number: int, _: FrameType | None) -> None:
        """A signal came."""
        if self._wanted.is_set():
            raise KeyboardInterrupt
        self._wanted.set()
        name = signal.Signals(number).name
        sys.stderr.write(f"\n{name}: finishing the steps that are running; once more stops at once.\n")


@contextmanager
def on_signals() -> Generator[Stop, None, None]:
    """Listen to signals for the block; elsewhere than in the main thread signals cannot be listened to."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.take) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
