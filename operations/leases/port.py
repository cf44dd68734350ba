"""What the life cycle asks of a store of leases."""

from __future__ import annotations

from typing import Protocol

from operations.leases.model import Lease, Owner


class Leases(Protocol):
    """Leases by name (`<environment>/<subject>`). Every method is atomic among all processes."""

    def acquire(self, name: str, owner: Owner, seconds: float) -> Lease:
        """Take the lease, with a token higher than any before. Raises LeaseHeld: who, since when, until when."""
        ...

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold it for `seconds` from now, even when its time ran out and nobody took it. Raises LeaseLost."""
        ...

    def release(self, lease: Lease) -> None:
        """Give it back; nothing happens where someone else holds it already."""
        ...

    def current(self, name: str) -> Lease | None:
        """Who holds it, also when the time ran out; None when it was given back or never taken."""
        ...
