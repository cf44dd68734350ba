"""What is deleted of a tenant that shares a cache, a bucket or tables as it ends: what no stack declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from operations import desired, known
from operations.bundle import Bundle, Folder, KeysOf, RowsOf
from operations.registry.model import Kind, Record
from stacks.blueprint import model
from stacks.blueprint.model import Blueprint
from stacks.inputs.fields import Isolation
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.object_store.spec import ObjectStoreSpec


def sweep(bundle: Bundle, record: Record, fence: Callable[[], None]) -> None:
    """Delete its keys in a shared cache, once its users are gone: the next in there must find none.

    Raises CloudFailed.
    """
    blueprint = _of(record)
    if blueprint is None:
        return
    spec = blueprint.of(CacheSpec)
    cell = known.shared(bundle, desired.shared_subject(record.region, record.cell))
    if spec.shard is None or "caches" not in cell.outputs:
        return
    secret = str(cell.outputs["caches"].value[str(spec.shard)]["deployerSecretArn"])
    bundle.leftovers.sweep(KeysOf(spec.database, spec.prefix, secret), record.region, fence)


def erase(bundle: Bundle, record: Record, fence: Callable[[], None]) -> None:
    """Delete rows, large objects and files, which are kept until it is purged. Raises CloudFailed."""
    blueprint = _of(record)
    if blueprint is None:
        return
    for rows in _rows(bundle, record, blueprint.of(DatabaseSpec)):
        bundle.leftovers.erase(rows, record.region, fence)
    for folder in _folders(blueprint):
        bundle.leftovers.empty(folder, record.region, fence)


def _of(record: Record) -> Blueprint | None:
    """A tenant's blueprint; None of what has left nothing."""
    if record.kind is not Kind.TENANT or not record.blueprint:
        return None
    return model.from_json(dict(record.blueprint))


def _rows(bundle: Bundle, record: Record, spec: DatabaseSpec) -> Iterator[RowsOf]:
    """Where it shares a database: one of its own is dropped whole."""
    if spec.plan is not None or spec.own_database:
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
