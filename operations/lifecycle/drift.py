"""What differs between the states and the cloud. Takes no lease and changes nothing."""

from __future__ import annotations

from engine.runs import Listener, ignore
from operations import known, lost, programs
from operations.bundle import Bundle, Rights
from operations.previewing import previewed
from operations.registry.model import Record
from operations.reports import Drifted
from stacks.blueprint.phase import LIVE
from stacks.errors import BadInput


def drift(bundle: Bundle, tenant_id: str, listen: Listener = ignore) -> tuple[Drifted, ...]:
    """Drift of one tenant. Raises BadInput where there is none of this id, RunFailed, CloudUnreachable."""
    record = known.tenant(bundle, tenant_id)
    if not record.live:
        raise BadInput(f"{tenant_id} is destroyed: there is nothing that could drift.")
    return (_look(bundle, record, listen),)


def drift_of_all(bundle: Bundle, listen: Listener = ignore) -> tuple[Drifted, ...]:
    """Drift of every tenant that is not destroyed, sorted by id."""
    return tuple(_look(bundle, record, listen) for record in bundle.registry.taken(bundle.environment.name))


def _look(bundle: Bundle, record: Record, listen: Listener) -> Drifted:
    workspaces = bundle.open(Rights())
    lost.check_record(bundle, record)
    run = workspaces.drift(record.stack, programs.of(bundle, record, LIVE), listen)
    return Drifted(record.subject, previewed(record.subject, run).pending)
