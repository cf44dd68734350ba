"""A lease held by this process: renewed by a thread while the work goes on, checked before every write."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from operations.clock import Clock
from operations.leases import takeover
from operations.leases.model import Lease, Owner
from operations.leases.port import Leases


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a lease holds unrenewed, and how often it is renewed; in seconds."""

    lease: float = 60.0
    heartbeat: float = 15.0


@dataclass(frozen=True, slots=True)
class Held:
    """The right to write to one stack."""

    leases: Leases
    lease: Lease
    timing: Timing
    clock: Clock

    @property
    def token(self) -> int:
        """The fencing token: higher than that of any holder before."""
        return self.lease.token

    def fence(self) -> None:
        """Raise LeaseLost when someone else has the lease; renew it when its time ran out and nobody came.

        The store is asked each time. This process may have slept beyond its time (suspended, stopped, starved);
        its own clock cannot tell it whether somebody took over meanwhile.
        """
        now = self.leases.current(self.lease.name)
        if now is None or now.token != self.lease.token:
            raise takeover.lost(self.lease, now)
        if self.clock.now() >= now.until:
            self.leases.renew(self.lease, self.timing.lease)


@contextmanager
def hold(leases: Leases, name: str, owner: Owner, timing: Timing, clock: Clock) -> Generator[Held, None, None]:
    """Hold the lease for the length of the block. Raises LeaseHeld when someone else does."""
    held = Held(leases, leases.acquire(name, owner, timing.lease), timing, clock)
    over = threading.Event()
    heart = threading.Thread(target=_beat, args=(held, over), name=f"lease {name}", daemon=True)
    heart.start()
    try:
        yield held
    finally:
        over.set()
        heart.join()
        leases.release(held.lease)


def _beat(held: Held, over: threading.Event) -> None:
    while not over.wait(held.timing.heartbeat):
        try:
            held.leases.renew(held.lease, held.timing.lease)
        except takeover.LeaseLost:
            return  # the fence tells the work; a heart that goes on would only hide it
