"""GPU hours of a month: sampled from the pods of each namespace, kept, and held to; bytes in shared buckets, measured.

Takes no lease.
Approximate: a pod that begins and ends between two samples, and is deleted before the next, is never seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from operations import known
from operations.bundle import Bundle
from operations.registry.model import Record, Status
from operations.usage import gate, gpus, month, pods
from operations.usage.gate import Gate
from operations.usage.month import Month
from stacks.blueprint import model
from stacks.errors import BadInput, CloudFailed
from stacks.resources.object_store.spec import ObjectStoreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """What a tenant used in a month, and what it may use.

    `gate` is what follows for its new pods; None where only what is written down was looked at, in another month.
    `object_bytes` are what it has in a bucket that it shares; None where that was not measured.
    """

    tenant: str
    month: Month
    seconds: float
    hours_allowed: int
    pods: int
    gate: Gate | None
    objects_gb_allowed: int
    object_bytes: int | None = None

    @property
    def hours(self) -> float:
        """GPU hours, to the hundredth."""
        return round(self.seconds / 3600, 2)


def record(bundle: Bundle, tenants: Sequence[str]) -> tuple[Metered, ...]:
    """Sample the pods of these tenants, of all that are live for none; write down, and close or open their gates.

    Raises BadInput for a tenant that is not live, CloudFailed where a namespace can't be read or gated, after all
    others were.
    """
    chosen = [_live(bundle, each) for each in dict.fromkeys(tenants)] or list(_all_live(bundle))
    done: list[Metered] = []
    failed: list[CloudFailed] = []
    for each in chosen:
        try:
            done.append(_sample(bundle, each))
        except CloudFailed as error:
            failed.append(error)
    if failed:
        raise CloudFailed(
            f"Use of {len(failed)} of {len(chosen)} tenants can't be recorded; the others' is.",
            why=" ".join(f"{error.what} {error.why}".strip() for error in failed),
        ) from failed[0]
    return tuple(done)


def show(bundle: Bundle, tenant: str, wanted: Month | None) -> Metered:
    """What is written down of a month, this one for None. Asks no cloud. Raises BadInput where there is no tenant."""
    found, now = known.tenant(bundle, tenant), month.of(bundle.clock.now())
    told = _told(bundle, found, wanted or now)
    return told if told.month == now and found.live else replace(told, gate=None)


def _sample(bundle: Bundle, record: Record) -> Metered:
    now, meter = bundle.clock.now(), bundle.meter()
    seen = tuple(pods.uses(meter.pods(record), now))
    bundle.uses.add(bundle.environment.name, record.subject, record.incarnation, seen)
    told = _told(bundle, record, month.of(now))
    (meter.close if told.gate is Gate.CLOSED else meter.open)(record)
    return replace(told, object_bytes=meter.objects(record))


def _told(bundle: Bundle, record: Record, of: Month) -> Metered:
    found = bundle.uses.of(bundle.environment.name, record.subject, of)
    spent = gpus.seconds(found, of)
    blueprint = model.from_json(dict(record.applied or record.blueprint))
    hours = blueprint.entitlements.gpu_hours_monthly
    return Metered(
        tenant=record.subject,
        month=of,
        seconds=spent,
        hours_allowed=hours,
        pods=len(found),
        gate=gate.of(spent, hours),
        objects_gb_allowed=blueprint.of(ObjectStoreSpec).quota_gb,
    )


def _live(bundle: Bundle, tenant: str) -> Record:
    record = known.tenant(bundle, tenant)
    if not _stands(record):
        raise BadInput(f"{tenant} is {record.status}: it has no pods to be counted.", next="See: `tenant status`.")
    return record


def _all_live(bundle: Bundle) -> Iterator[Record]:
    yield from (each for each in bundle.registry.taken(bundle.environment.name) if _stands(each))


def _stands(record: Record) -> bool:
    return record.live and record.active_since is not None and record.status is not Status.DESTROYING
