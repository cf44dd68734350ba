"""Destroy a tenant: its services go, its data stays readable until it is purged."""

from __future__ import annotations

from engine.runs import Listener, ignore
from operations import known, prospects
from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Destroyed, Prospect
from operations.retiring import Exit
from operations.writing import writing


def prospect(bundle: Bundle, tenant_id: str, *, purge: bool) -> Prospect:
    """What a destroy would delete and keep. Raises BadInput where there is no such tenant."""
    return prospects.of(bundle, known.tenant(bundle, tenant_id), purge=purge)


def destroy(bundle: Bundle, tenant_id: str, *, purge: bool, listen: Listener = ignore) -> Destroyed:
    """Archive the tenant; with `purge`, delete also what was kept, of older incarnations too.

    Goes on where an earlier destroy ended. Raises BadInput, LeaseHeld, RunFailed, Interrupted, CloudUnreachable.
    """
    record = known.tenant(bundle, tenant_id)
    if _nothing_to_do(bundle, record, purge=purge):
        return Destroyed(record, prospects.kept(record), changed=False)
    with writing(bundle, tenant_id) as writer:
        way = Exit(writer, listen, f"tenant destroy {tenant_id}" + (" --purge" if purge else ""))
        record = known.tenant(bundle, tenant_id)
        asked = prospects.of(bundle, record, purge=purge)
        if record.live:
            record = way.archive(record)
        if purge:
            for incarnation in bundle.registry.incarnations(record.environment, tenant_id):
                way.purge(incarnation)
            record = known.tenant(bundle, tenant_id)
    return Destroyed(record, prospects.kept(record), changed=True, key_until=prospects.key_until(bundle, asked))


def _nothing_to_do(bundle: Bundle, record: Record, *, purge: bool) -> bool:
    every = bundle.registry.incarnations(record.environment, record.subject)
    return not record.live and (not purge or all(one.purged for one in every))
