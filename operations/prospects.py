"""What a destroy would do, told before it is agreed to: from state, without a cloud where none is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from operations import roots
from operations.bundle import Bundle
from operations.registry.model import Kind, Record
from operations.reports import Prospect, Thing
from stacks.blueprint import model
from stacks.blueprint.model import Blueprint
from stacks.inputs.fields import Isolation
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.object_store.spec import ObjectStoreSpec

_KEPT = ("aws:backup/vault", "aws:kms/", "aws:s3/")
"""What stays until a purge: the key, the buckets with their settings, the vault and its lock."""

_SLICES = ("tenant:slice:Slice$", "tenant:rows:Rows$")
"""What is in these stays too: slices of a shared database, also members', with roles that can't log in any more."""

_HOLDS_ROWS = ("postgresql:index/database:", "postgresql:index/schema:")

_KEPT_OUTPUTS = ("dataBucket", "backupBucket", "modelBucket", "backupVault", "auditBucket", "keyArn")
_BUCKETS = ("dataBucket", "backupBucket")
_DATABASE = "aws:rds/instance:Instance"
_KEY = "aws:kms/key:Key"
_INSIDE = ("pulumi:", "random:", "postgresql:", "rowsecurity:")
_KEY_DAYS = 30
"""What KMS takes where nothing is said."""


def of(bundle: Bundle, record: Record, *, purge: bool) -> Prospect:
    """What a destroy of this record's stack deletes and keeps."""
    rows = bundle.records().resources(record.stack)
    counted = [row for row in rows if _counts(row)]
    things = _things(counted)
    kept = () if purge else _things([row for row in counted if _stays(row)])
    older = bundle.registry.incarnations(record.environment, record.subject)
    return Prospect(
        record=record,
        deleted=tuple(thing for thing in things if thing not in kept),
        kept=kept,
        snapshots=snapshots(bundle, record) if purge else (),
        final_snapshot=not purge and any(thing.type == _DATABASE for thing in things),
        purge=purge,
        archived=tuple(r for r in older if not r.live and not r.purged and r != record) if purge else (),
        along=len(_along(rows, purge=purge)),
        key_days=_key_days(rows) if purge else None,
    )


def kept(record: Record) -> tuple[str, ...]:
    """Names of what stays of a stack until a purge, from the registry only."""
    if record.purged:
        return ()
    named = {name: str(record.outputs[name].value) for name in _KEPT_OUTPUTS if name in record.outputs}
    if record.kind is Kind.SHARED or not record.blueprint:
        return tuple(named.values())
    blueprint = model.from_json(dict(record.blueprint))
    return (*_own(blueprint, named), *_slice(blueprint.of(DatabaseSpec)))


def _own(blueprint: Blueprint, named: Mapping[str, str]) -> Iterator[str]:
    """Of what the cell's tenants share, only the tenant's part."""
    folder = blueprint.of(ObjectStoreSpec).backup_container
    shares = {
        "keyArn": blueprint.of(EncryptionSpec).isolation is not Isolation.SILO,
        "backupVault": blueprint.of(BackupSpec).isolation is not Isolation.SILO,
    }
    for name, value in named.items():
        if not shares.get(name):
            yield f"{value}/{folder}" if folder and name in _BUCKETS else value


def _slice(spec: DatabaseSpec) -> Iterator[str]:
    """What it has in a shared database."""
    if spec.isolation is Isolation.BRIDGE:
        yield f"{'database' if spec.own_database else 'schema'} {spec.login} on {spec.identifier}"
    if spec.isolation is Isolation.POOL:
        yield f"rows of {spec.login} in {spec.database}.{spec.schema} on {spec.identifier}"


def key_until(bundle: Bundle, asked: Prospect) -> datetime | None:
    """When KMS deletes the key of a purge that was just done; None where there was none to delete."""
    return None if asked.key_days is None else bundle.clock.now() + timedelta(days=asked.key_days)


def snapshots(bundle: Bundle, record: Record) -> tuple[str, ...]:
    """Names of the final snapshots that were taken of this incarnation's database and cache. Raises CloudFailed."""
    prefix = roots.names(bundle, record).of("final")
    return bundle.snapshots.final(f"{prefix}-", record.region)


def holds_services(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a stack holds more than what an archive keeps."""
    return any(not _stays(row) and not str(row["type"]).startswith("pulumi:") for row in rows if row.get("custom"))


def protects_services(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something is protected that an archive does not keep."""
    return holds_services([row for row in rows if row.get("protect")])


def _key_days(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """Days from a deletion of the stack's key until KMS carries it out."""
    keys = [row for row in rows if str(row["type"]) == _KEY]
    return max((int(row.get("inputs", {}).get("deletionWindowInDays", _KEY_DAYS)) for row in keys), default=None)


def _counts(row: Mapping[str, Any]) -> bool:
    """Whether people care: not components and providers, nor what lives inside a database and stays in its snapshot."""
    if _in_slice(row) and str(row["type"]).startswith(_HOLDS_ROWS):
        return True
    inside = bool(row.get("retainOnDelete")) or str(row["type"]).startswith(_INSIDE)
    return bool(row.get("custom")) and not inside


def _stays(row: Mapping[str, Any]) -> bool:
    """Whether it is there until a purge."""
    return str(row["type"]).startswith(_KEPT) or _in_slice(row)


def _in_slice(row: Mapping[str, Any]) -> bool:
    return any(around in str(row["urn"]) for around in _SLICES)


def _along(rows: Sequence[Mapping[str, Any]], *, purge: bool) -> list[str]:
    """What a run deletes and counts beside what people care for: parts of others, and groups of which nothing stays."""
    parents = {str(row["urn"]): str(row.get("parent", "")) for row in rows}
    stays = set[str]()
    for row in rows:
        around = str(row["urn"]) if _stays(row) and not purge else ""
        while around:
            stays.add(around)
            around = parents.get(around, "")
    others = [row for row in rows if not _counts(row) and not str(row["type"]).startswith("pulumi:")]
    return [str(row["urn"]) for row in others if row["urn"] not in stays]


def _things(rows: Sequence[Mapping[str, Any]]) -> tuple[Thing, ...]:
    return tuple(sorted(map(_thing, rows), key=lambda thing: (thing.type, thing.name)))


def _thing(row: Mapping[str, Any]) -> Thing:
    return Thing(str(row["type"]), str(row["urn"]).rpartition("::")[2], str(row.get("id", "")))
