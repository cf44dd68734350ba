"""What a purge deletes of a tenant that shares a bucket or tables: what no stack declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from operations import desired, known
from operations.bundle import Bundle, Folder, RowsOf
from operations.registry.model import Kind, Record
from stacks.blueprint import model
from stacks.blueprint.model import Blueprint
from stacks.inputs.fields import Isolation
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.object_store.spec import ObjectStoreSpec


def erase(bundle: Bundle, record: Record, fence: Callable[[], None]) -> None:
    """Delete it; nothing where the tenant shares neither. Raises CloudFailed."""
    if record.kind is not Kind.TENANT or not record.blueprint:
        return
    blueprint = model.from_json(dict(record.blueprint))
    for rows in _rows(bundle, record, blueprint.of(DatabaseSpec)):
        bundle.leftovers.erase(rows, record.region, fence)
    for folder in _folders(blueprint):
        bundle.leftovers.empty(folder, record.region, fence)


def _rows(bundle: Bundle, record: Record, spec: DatabaseSpec) -> Iterator[RowsOf]:
    if spec.isolation is not Isolation.POOL:
        return
    cell = known.shared(bundle, desired.shared_subject(record.region, record.cell))
    if "databases" not in cell.outputs:
        return
    shard = cell.outputs["databases"].value[str(spec.shard)]
    yield RowsOf(spec.login, spec.database, spec.schema, str(shard["deployerSecretArn"]))


def _folders(blueprint: Blueprint) -> Iterator[Folder]:
    spec = blueprint.of(ObjectStoreSpec)
    if spec.isolation is not Isolation.SILO:
        yield Folder(spec.data_bucket, blueprint.slug)
        yield Folder(spec.backup_bucket, blueprint.slug)
