"""A shard that is gone: nothing is done on top of it, and no empty one takes its place, before its data is back.

Engines go by their state, and where they look they make anew what is not there. For what holds the data of many that
would end in tenants that are all right by their plans and have lost everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, cast

from operations import desired
from operations.bundle import Bundle, Shard
from operations.registry.model import Kind, Record
from stacks import plural
from stacks.blueprint import model, shared
from stacks.blueprint.model import Blueprint
from stacks.errors import Refused
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec

_INSTANCE: Final = "aws:rds/instance:Instance"
_KINDS: Final = frozenset({"database", "cache"})
_NO_BACKUP: Final = "docs/how-to/share-data-services.md, section 9"
"""Where it says what is left to do where there is nothing to restore."""


def check_tenant(bundle: Bundle, blueprint: Blueprint) -> None:
    """Raise Refused where a shard is gone that this tenant has its place in. Raises CloudFailed."""
    lost = bundle.shards.gone([*_shards(blueprint)], blueprint.region)
    if lost:
        cell = bundle.registry.find(
            bundle.environment.name, desired.shared_subject(blueprint.region, blueprint.facts.cell)
        )
        raise _refused(bundle, blueprint.tenant_id, cell, lost[0])


def check_tenants(bundle: Bundle, blueprints: Iterable[Blueprint], kinds: Collection[str] = _KINDS) -> None:
    """The same for several, where each shard of these kinds is looked for once."""
    standing: dict[tuple[str, Shard], Blueprint] = {}
    for blueprint in blueprints:
        for shard in _shards(blueprint):
            if shard.kind in kinds:
                standing.setdefault((blueprint.region, shard), blueprint)
    for (region, shard), blueprint in standing.items():
        if bundle.shards.gone([shard], region):
            check_tenant(bundle, blueprint)


def check_record(bundle: Bundle, record: Record) -> None:
    """The same for a tenant that is known, by what it was last to have."""
    if record.blueprint:
        check_tenant(bundle, model.from_json(dict(record.blueprint)))


def check_cell(bundle: Bundle, record: Record | None, *, remade: bool = False) -> None:
    """Raise Refused where a shard of these shared services is gone. Raises CloudFailed.

    `remade`: the run looks at the cloud, and makes anew what is not there. Of a cache no more is lost by that.
    """
    data = shared.from_json(dict(record.applied)).data if record and record.applied else None
    if record is None or data is None:
        return
    databases = [Shard("database", each.plan.identifier) for each in data.databases]
    caches = [] if remade else [Shard("cache", each.plan.group) for each in data.caches]
    if lost := bundle.shards.gone([*databases, *caches], record.region):
        raise _refused(bundle, record.subject, record, lost[0])


def _refused(bundle: Bundle, subject: str, cell: Record | None, lost: Shard) -> Refused:
    assert cell is not None, "who stands on a shard stands on shared services"
    service = "RDS knows no instance" if lost.kind == "database" else "ElastiCache knows no group"
    return Refused(
        f"{subject}: the shared {lost.kind} {lost.name} is gone; nothing was done.",
        where=f"account {bundle.environment.account}, {cell.region}, cell {cell.cell}",
        why=" ".join([f"{service} of this name.", *_standing(bundle, cell, lost)]),
        next="\n".join(_database(bundle, cell, lost) if lost.kind == "database" else _cache(bundle, cell, lost)),
    )


def _standing(bundle: Bundle, cell: Record, lost: Shard) -> Iterator[str]:
    on_it = [each for each in _in_cell(bundle, cell) if lost in _shards(model.from_json(dict(each.blueprint)))]
    live = sorted(each.subject for each in on_it if each.live)
    kept = sorted({each.subject for each in on_it if not each.live} - {*live})
    if live:
        yield f"{plural.count(len(live), 'tenant')} {plural.either(len(live), 'has', 'have')} a place in it:"
        yield f"{', '.join(live)}."
    if kept and lost.kind == "database":
        yield f"What was kept of destroyed tenants is in it too: {', '.join(kept)}."


def _in_cell(bundle: Bundle, cell: Record) -> Iterator[Record]:
    for tenant in bundle.registry.tenants(cell.environment):
        for each in bundle.registry.incarnations(cell.environment, tenant.subject):
            here = (each.region, each.cell) == (cell.region, cell.cell)
            if here and each.kind is Kind.TENANT and each.blueprint and not each.purged:
                yield each


def _shards(blueprint: Blueprint) -> Iterator[Shard]:
    """What it has its place in."""
    database, cache = blueprint.of(DatabaseSpec), blueprint.of(CacheSpec)
    if database.shard is not None:
        yield Shard("database", database.identifier)
    if cache.shard is not None:
        yield Shard("cache", cache.group)


def _database(bundle: Bundle, cell: Record, lost: Shard) -> Iterator[str]:
    snapshot = bundle.shards.snapshot(lost, cell.region)
    if snapshot:
        yield f"Restore it from its newest snapshot, under the same name: `{_restore(bundle, cell, lost, snapshot)}`."
    else:
        vault = cell.outputs["backupVault"].value if "backupVault" in cell.outputs else "the cell's vault"
        yield f"RDS has no snapshot of it. Restore it under the same name from its newest recovery point in {vault},"
        yield f"if there is one; where there is none, its tenants' data is lost: {_NO_BACKUP}, says how they go on."
    again = _apply(cell)
    yield f"Then take it in, `{again}`, and put its settings right, `{again} --refresh`."


def _cache(bundle: Bundle, cell: Record, lost: Shard) -> Iterator[str]:
    snapshot = bundle.shards.snapshot(lost, cell.region)
    if snapshot:
        yield f"For what was in it, make it from its newest snapshot under the same name: `{snapshot}`."
    yield f"Or have it made anew, empty: `{_apply(cell)} --refresh`."


def _apply(cell: Record) -> str:
    return f"tenant shared apply --region {cell.region} --cell {cell.cell}"


def _restore(bundle: Bundle, cell: Record, lost: Shard, snapshot: str) -> str:
    """The command, with what the instance had as the cell's state remembers it."""
    given = _inputs(bundle, cell, lost)
    options = {
        "region": cell.region,
        "db-instance-identifier": lost.name,
        "db-snapshot-identifier": snapshot,
        "db-subnet-group-name": given.get("dbSubnetGroupName"),
        "db-parameter-group-name": given.get("parameterGroupName"),
        "vpc-security-group-ids": " ".join(given.get("vpcSecurityGroupIds") or ()),
        "db-instance-class": given.get("instanceClass"),
        "master-user-secret-kms-key-id": given.get("masterUserSecretKmsKeyId"),
    }
    said = " ".join(f"--{name} {value}" for name, value in options.items() if value)
    return f"aws rds restore-db-instance-from-db-snapshot {said} --manage-master-user-password --deletion-protection"


def _inputs(bundle: Bundle, cell: Record, lost: Shard) -> Mapping[str, Any]:
    rows = (row for row in bundle.records().resources(cell.stack) if row["type"] == _INSTANCE)
    given = (cast("dict[str, Any]", row.get("inputs") or {}) for row in rows)
    return next((each for each in given if each.get("identifier") == lost.name), dict[str, Any]())
