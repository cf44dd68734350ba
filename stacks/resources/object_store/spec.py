"""A tenant's objects: a bucket for data, one for backups, and one for models where it asks; or a folder of the cell's.

A folder is what all keys of bridge and pool tenants begin with, `<slug>/`. Its role lists, reads and writes within it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import data
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.resources.kind import ANY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import BUCKETS, Demand

_PRICE_TIERS = (
    ("s3.standard.first_50tb", 50 * 1024),
    ("s3.standard.next_450tb", 450 * 1024),
    ("s3.standard.over_500tb", None),
)
"""Price keys of S3 Standard, and how many GB of a bucket's month each one holds."""


@dataclass(frozen=True, slots=True)
class ModelStore:
    """A bucket each of whose objects is locked for so many days; with `compliance` nobody lifts a lock any more.

    In GOVERNANCE mode the role `break_glass` does, empty for nobody; and the deployer, once the tenant is purged.
    """

    bucket: str
    days: int
    compliance: bool
    deployer: str
    break_glass: str


@dataclass(frozen=True, slots=True)
class ObjectStoreSpec:
    """Bucket names; days that overwritten objects and backups are kept.

    `container` and `backup_container` are the first part of all keys in each bucket, nothing for any key.
    `shared_models` are folders of the cell's `shared_bucket` that it reads.
    """

    isolation: Isolation
    data_bucket: str
    backup_bucket: str
    container: str
    backup_container: str
    noncurrent_days: int
    backup_days: int
    quota_gb: int
    models: ModelStore | None = None
    shared_bucket: str = ""
    shared_models: tuple[str, ...] = ()


def resolve(ask: Ask) -> ObjectStoreSpec:
    """Two buckets or three, or two folders; the tenant's storage quota is what it is estimated by."""
    asked, isolation, slug = ask.profile.quotas.storage_gb, ask.tier.of("object_store"), ask.facts.slug
    own = isolation is Isolation.SILO
    names = ask.names if own else ask.cell
    container = ask.profile.data_locations.blob_container or ""
    return ObjectStoreSpec(
        isolation=isolation,
        data_bucket=ask.names.of("data") if own else data.data_bucket(names),
        backup_bucket=data.backup_bucket(names),
        container=container if own else "/".join(filter(None, (slug, container))),
        backup_container="" if own else slug,
        noncurrent_days=ask.tier.retention.noncurrent_objects,
        backup_days=ask.tier.retention.backups,
        quota_gb=ask.row.quotas.storage_gb if asked is None else asked,
        models=_models(ask),
        shared_bucket=data.model_bucket(ask.cell) if ask.profile.shared.models else "",
        shared_models=tuple(sorted(ask.profile.shared.models)),
    )


def _models(ask: Ask) -> ModelStore | None:
    wanted, environment = ask.profile.models, ask.environment
    if wanted is None:
        return None
    return ModelStore(
        bucket=ask.names.of("models"),
        days=wanted.days,
        compliance=wanted.compliance,
        deployer=environment.deployer,
        break_glass=environment.audit.break_glass_role or "",
    )


def prices(spec: ObjectStoreSpec) -> Iterator[PriceDimension]:
    """Storage up to the quota, by AWS's tiers of size; older versions, backups and requests by use."""
    yield from _storage(spec.quota_gb)
    yield PriceDimension("s3.standard.first_50tb", "GB-month", None)
    yield PriceDimension("s3.requests.tier1_put", "request", None)
    yield PriceDimension("s3.requests.tier2_get", "request", None)


def _storage(gb: int) -> Iterator[PriceDimension]:
    """The quota cut into S3's price tiers."""
    left = gb
    for key, size in _PRICE_TIERS:
        if left > 0:
            yield PriceDimension(key, "GB-month", left if size is None else min(left, size))
            left -= size or left


def demands(spec: ObjectStoreSpec) -> Iterator[Demand]:
    """A bucket each, where they are its own."""
    if spec.isolation is Isolation.SILO:
        yield Demand(BUCKETS, 3 if spec.models else 2)


def claims(spec: ObjectStoreSpec) -> Iterator[Claim]:
    """Nobody else reads, writes or lists; nothing goes in under another key or in clear."""
    yield Claim("NEIGHBOURS_CANNOT_READ_OBJECTS", "OWN_ROLE_READS_OBJECTS")
    yield Claim("NEIGHBOURS_CANNOT_WRITE_OBJECTS", "OWN_ROLE_WRITES_OBJECTS")
    if spec.isolation is Isolation.SILO:
        yield Claim("OTHER_KEYS_REFUSED", "OWN_KEY_ACCEPTED")
    else:
        yield Claim("NEIGHBOURS_CANNOT_LIST_OBJECTS", "OWN_ROLE_LISTS_OBJECTS")
    yield Claim("PLAINTEXT_TRANSPORT_REFUSED", "TLS_ACCEPTED")
    if spec.shared_models:
        yield Claim("SHARED_MODELS_READ_ONLY", "OWN_ROLE_LISTS_SHARED_MODELS")
    if spec.models:
        yield Claim("EARLY_DELETE_OF_MODELS_REFUSED", "OWN_ROLE_READS_MODELS")


def refusals(old: ObjectStoreSpec, new: ObjectStoreSpec) -> Iterator[Fault]:
    """Objects don't move by themselves."""
    if new.container != old.container:
        why = "objects are kept under the old name and don't move by themselves"
        yield Fault(None, "data_locations.blob_container", why, old.container or "(none)")
    if old.models and not new.models:
        yield Fault(None, "models", "the bucket holds what must not go before its time", f"days: {old.models.days}")
    elif old.models and new.models and old.models.compliance and not new.models.compliance:
        why = "what is locked in COMPLIANCE mode stays so; to change the mode for new objects would hide it"
        yield Fault(None, "models.compliance", why, "true")


KIND = Kind(
    "object_store",
    "Object store",
    ObjectStoreSpec,
    ANY,
    resolve,
    prices,
    claims,
    refusals,
    demands,
)
