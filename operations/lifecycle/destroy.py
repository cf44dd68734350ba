"""Destroy a tenant: its services go, its data stays readable until it is purged."""

from __future__ import annotations

from engine.runs import Listener, ignore
from operations import known, lost, prospects
from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Destroyed, Prospect
from operations.retiring import Exit
from operations.writing import writing
from stacks.blueprint import model
from stacks.errors import Refused
from stacks.resources.object_store.spec import ObjectStoreSpec


def prospect(bundle: Bundle, tenant_id: str, *, purge: bool) -> Prospect:
    """What a destroy would delete and keep. Raises BadInput where there is no such tenant, and Refused as `destroy`."""
    record = known.tenant(bundle, tenant_id)
    _check_locks(bundle, record, purge=purge)
    _check_shards(bundle, record, purge=purge)
    return prospects.of(bundle, record, purge=purge)


def destroy(bundle: Bundle, tenant_id: str, *, purge: bool, listen: Listener = ignore) -> Destroyed:
    """Archive the tenant; with `purge`, delete also what was kept, of older incarnations too.

    Goes on where an earlier destroy ended. Raises BadInput, LeaseHeld, RunFailed, Interrupted, CloudUnreachable, and
    Refused where a purge would meet objects that nobody can delete yet.
    """
    record = known.tenant(bundle, tenant_id)
    _check_locks(bundle, record, purge=purge)
    if _nothing_to_do(bundle, record, purge=purge):
        return Destroyed(record, prospects.kept(record), changed=False)
    _check_shards(bundle, record, purge=purge)
    with writing(bundle, tenant_id) as writer:
        record = known.tenant(bundle, tenant_id)
        way = Exit(writer, listen, f"tenant destroy {tenant_id}" + (" --purge" if purge else ""))
        asked = prospects.of(bundle, record, purge=purge)
        if record.live:
            record = way.archive(record)
        if purge:
            for incarnation in bundle.registry.incarnations(record.environment, tenant_id):
                way.purge(incarnation)
            record = known.tenant(bundle, tenant_id)
    return Destroyed(record, prospects.kept(record), changed=True, key_until=prospects.key_until(bundle, asked))


def _check_shards(bundle: Bundle, record: Record, *, purge: bool) -> None:
    """What it has in a shard is shut there, and deleted there by a purge: not in one that is gone."""
    for one in bundle.registry.incarnations(record.environment, record.subject):
        if one.live or (purge and not one.purged):
            lost.check_record(bundle, one)


def _check_locks(bundle: Bundle, record: Record, *, purge: bool) -> None:
    """A purge that stops halfway for years is none."""
    if not purge:
        return
    for one in bundle.registry.incarnations(record.environment, record.subject):
        if one.purged or not one.blueprint:  # what was restored from tags has no blueprint yet
            continue
        models = model.from_json(dict(one.blueprint)).of(ObjectStoreSpec).models
        if models is None or not models.compliance:
            continue
        end = bundle.locks.until(models.bucket, one.region)
        if end is not None and end > bundle.clock.now():
            raise Refused(
                f"{record.subject}: its models can't be purged before {end:%Y-%m-%d}; nothing was done.",
                where=models.bucket,
                why="They are locked in COMPLIANCE mode, and nobody lifts that, AWS included.",
                next=f"`tenant destroy {record.subject}` ends all else and keeps them; purge after that day.",
            )


def _nothing_to_do(bundle: Bundle, record: Record, *, purge: bool) -> bool:
    every = bundle.registry.incarnations(record.environment, record.subject)
    return not record.live and (not purge or all(one.purged for one in every))
