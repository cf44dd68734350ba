"""A tenant's objects: a bucket for data and one for backups, under its own key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class ObjectStoreSpec:
    """Bucket names; days that overwritten objects and backups are kept; the first part of all keys, or nothing."""

    isolation: Isolation
    data_bucket: str
    backup_bucket: str
    container: str
    noncurrent_days: int
    backup_days: int
    quota_gb: int


def resolve(ask: Ask) -> ObjectStoreSpec:
    """Two buckets; the tenant's storage quota is what it is estimated by."""
    asked = ask.profile.quotas.storage_gb
    return ObjectStoreSpec(
        isolation=Isolation.SILO,
        data_bucket=ask.names.of("data"),
        backup_bucket=ask.names.of("backups"),
        container=ask.profile.data_locations.blob_container or "",
        noncurrent_days=ask.tier.retention.noncurrent_objects,
        backup_days=ask.tier.retention.backups,
        quota_gb=ask.row.quotas.storage_gb if asked is None else asked,
    )


def prices(spec: ObjectStoreSpec) -> Iterator[PriceDimension]:
    """Storage up to the quota; requests by use."""
    yield PriceDimension("s3.standard.first_50tb", "GB-month", spec.quota_gb)
    yield PriceDimension("s3.requests.tier1_put", "request", None)
    yield PriceDimension("s3.requests.tier2_get", "request", None)


def claims(spec: ObjectStoreSpec) -> Iterator[Claim]:
    """Nobody else reads, writes or lists; nothing goes in under another key or in clear."""
    yield Claim("NEIGHBOURS_CANNOT_READ_OBJECTS", "OWN_ROLE_READS_OBJECTS")
    yield Claim("NEIGHBOURS_CANNOT_WRITE_OBJECTS", "OWN_ROLE_WRITES_OBJECTS")
    yield Claim("OTHER_KEYS_REFUSED", "OWN_KEY_ACCEPTED")
    yield Claim("PLAINTEXT_TRANSPORT_REFUSED", "TLS_ACCEPTED")


def refusals(old: ObjectStoreSpec, new: ObjectStoreSpec) -> Iterator[Fault]:
    """Objects don't move by themselves."""
    if new.container != old.container:
        why = "objects are kept under the old name and don't move by themselves"
        yield Fault(None, "data_locations.blob_container", why, old.container or "(none)")


KIND = Kind(
    "object_store", "Object store", ObjectStoreSpec, SILO_ONLY, resolve, prices, claims, refusals, keeps_data=True
)
