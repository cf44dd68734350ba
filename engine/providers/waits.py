"""Waiting for a condition: polled, with a limit, and a sentence when it is over."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from engine.providers.port import Call, ProviderError

T = TypeVar("T")

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0


class WaitedTooLong(ProviderError):
    """The limit passed, or a stop was asked for, before the condition came true."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the waits see it; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


REAL: Final = Clock()


def until(probe: Callable[[], T | None], *, limit: float, call: Call, awaited: str, clock: Clock = REAL) -> T:
    """Call `probe` until it yields something, for at most `limit` seconds (the call's own timeout wins).

    Raises WaitedTooLong, a sentence about what was `awaited`.
    """
    limit = call.timeout if call.timeout is not None else limit
    end = clock.now() + limit
    for pause in pauses():
        found = probe()
        if found is not None:
            return found
        if call.stopping():
            raise WaitedTooLong(f"Stopped while waiting until {awaited}.")
        left = end - clock.now()
        if left <= 0:
            raise WaitedTooLong(f"Waited {limit:.0f} s until {awaited}, in vain.")
        clock.sleep(min(pause, left))
    raise AssertionError("pauses never end")


def pauses() -> Iterator[float]:
    """Seconds between two tries: from 0.1, half as much again each time, up to 10, with jitter."""
    pause = _FIRST_PAUSE
    while True:
        yield pause * (0.8 + 0.4 * random.random())  # noqa: S311 - jitter, not cryptography
        pause = min(pause * 1.5, _LONGEST_PAUSE)
