"""Where a tenant stands: who is at work on it, and how the last runs ended. From the registry only."""

from __future__ import annotations

from operations import known
from operations.bundle import Bundle
from operations.leases.model import Lease, Liveness
from operations.registry.model import Record, Status
from operations.reports import Standing

_AT_WORK = (Status.PROVISIONING, Status.UPDATING, Status.DESTROYING)


def status(bundle: Bundle, tenant_id: str) -> Standing:
    """A tenant's standing. Raises BadInput where there is none of this id."""
    return of(bundle, known.tenant(bundle, tenant_id))


def of(bundle: Bundle, record: Record) -> Standing:
    """A stack's standing. `abandoned`: a run began, and whoever ran it is dead or out of time."""
    lease = at_work(bundle, record.subject)
    runs = bundle.registry.runs(record.environment, record.subject)
    return Standing(record, lease, lease is None and record.status in _AT_WORK, runs)


def at_work(bundle: Bundle, subject: str) -> Lease | None:
    """The lease of whoever is at work on a subject now; None where nobody is."""
    held = bundle.leases.current(f"{bundle.environment.name}/{subject}")
    return held if held is not None and _holds(bundle, held) else None


def _holds(bundle: Bundle, lease: Lease) -> bool:
    return bundle.clock.now() < lease.until and bundle.liveness(lease.owner) is not Liveness.DEAD
