"""Leases in memory: for tests and rehearsals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from operations.clock import Clock
from operations.leases import takeover
from operations.leases.model import Lease, Liveness, Owner


@dataclass(frozen=True, slots=True)
class MemoryLeases:
    """Leases in a dict, one lock around each call."""

    clock: Clock
    observe: Callable[[Owner], Liveness]
    _held: dict[str, Lease] = field(default_factory=dict[str, Lease])
    _tokens: dict[str, int] = field(default_factory=dict[str, int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acquire(self, name: str, owner: Owner, seconds: float) -> Lease:
        """Take the lease or raise LeaseHeld."""
        with self._lock:
            held, now = self._held.get(name), self.clock.now()
            takeover.check(held, now, self.observe(held.owner) if held else Liveness.UNKNOWN)
            token = self._tokens[name] = self._tokens.get(name, 0) + 1
            lease = self._held[name] = Lease(name, token, owner, now, now + timedelta(seconds=seconds))
            return lease

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold it for `seconds` from now, or raise LeaseLost."""
        with self._lock:
            held = self._held.get(lease.name)
            if held is None or held.token != lease.token:
                raise takeover.lost(lease, held)
            self._held[lease.name] = replace(held, until=self.clock.now() + timedelta(seconds=seconds))
            return self._held[lease.name]

    def release(self, lease: Lease) -> None:
        """Give it back."""
        with self._lock:
            held = self._held.get(lease.name)
            if held is not None and held.token == lease.token:
                del self._held[lease.name]

    def current(self, name: str) -> Lease | None:
        """Who holds it, or None."""
        with self._lock:
            return self._held.get(name)
