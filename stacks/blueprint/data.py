"""Data services as data: what a cell shares of databases, caches and buckets, and what a tenant's own have in common.

A cell's are named for the cell and numbered from 1, so that a tenant's blueprint can say which one its slice is of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.conventions import naming
from stacks.conventions.naming import Names
from stacks.errors import Fault
from stacks.inputs.environment import Environment
from stacks.resources.kind import HOURS_A_MONTH, PriceDimension
from stacks.resources.quotas import BUCKETS, CACHE_NODES, DATABASE_STORAGE, DATABASES, KEYS, Demand

ENGINE_VERSION: Final = "16"
FAMILY: Final = "postgres16"
MASTER: Final = "tenant_admin"
MASTER_DATABASE: Final = "postgres"
CACHE_VERSION: Final = "8.0"
CACHE_FAMILY: Final = "valkey8"

DEPLOYER: Final = "tenant_deployer"
"""Who makes tenants' slices of a shared instance: it makes roles and databases, and is nobody's superior but theirs."""
APPLICATION: Final = "application"
"""Who owns the tables that tenants of pooled databases share, and runs the application's migrations."""
ROWS_GROUP: Final = "pooled_tenants"
"""The role whose members work with shared tables, each with its own rows only."""
CONNECTING_GROUP: Final = "bridged_tenants"
"""The role whose members connect to the database of bridge tenants' schemas, and may do nothing else by it."""
POOL_DATABASE: Final = "pool"
POOL_SCHEMA: Final = "app"
BRIDGE_DATABASE: Final = "bridge"
"""The database that bridge tenants have their schemas in, where they get no database of their own."""


@dataclass(frozen=True, slots=True)
class DatabasePlan:
    """An RDS for PostgreSQL instance. Storage in GB, backups in days."""

    identifier: str
    engine_version: str
    instance_class: str
    storage_gb: int
    multi_az: bool
    backup_days: int


@dataclass(frozen=True, slots=True)
class CachePlan:
    """An ElastiCache for Valkey group. `nodes` counts the primary and its replicas; `snapshot_days` 0 takes none."""

    group: str
    engine_version: str
    node_type: str
    nodes: int
    snapshot_days: int


@dataclass(frozen=True, slots=True)
class SharedDatabase:
    """An instance that tenants share, and the names of the secrets by which its deployer and the application log in."""

    number: int
    plan: DatabasePlan
    deployer_secret: str
    application_secret: str


@dataclass(frozen=True, slots=True)
class SharedCache:
    """A group that tenants share: its user group, and the user in it that can do nothing, so that it is never empty."""

    number: int
    plan: CachePlan
    users: str
    nobody: str


@dataclass(frozen=True, slots=True)
class CellData:
    """What a cell's tenants share. Days that objects in the buckets are kept, once overwritten and as backups.

    `deployer` administers the key; `service_roles` are ARNs of what backs up under it.
    """

    alias: str
    deployer: str
    service_roles: tuple[str, ...]
    databases: tuple[SharedDatabase, ...]
    caches: tuple[SharedCache, ...]
    data_bucket: str
    backup_bucket: str
    noncurrent_days: int
    backup_days: int


def of_cell(environment: Environment, region: str, cell: int, service_roles: tuple[str, ...]) -> CellData | None:
    """What a cell's tenants share; None where the environment says that they share nothing."""
    wanted = environment.shared.data
    if wanted is None:
        return None
    names = names_of(environment, region, cell)
    return CellData(
        alias=names.alias("data"),
        deployer=environment.deployer,
        service_roles=service_roles,
        databases=tuple(_database(environment, names, number + 1) for number in range(wanted.databases.count)),
        caches=tuple(_cache(environment, names, number + 1) for number in range(wanted.caches.count)),
        data_bucket=data_bucket(names),
        backup_bucket=backup_bucket(names),
        noncurrent_days=wanted.noncurrent_days,
        backup_days=wanted.backup_days,
    )


def names_of(environment: Environment, region: str, cell: int) -> Names:
    """Maker of the names of a cell."""
    slug = naming.shared_slug(environment.account, environment.org, environment.name, region, cell)
    return Names(environment.org, environment.name, slug)


def database_name(names: Names, number: int) -> str:
    """Identifier of a cell's instance with this number."""
    return names.of(f"database-{number}")


def cache_name(names: Names, number: int) -> str:
    """Id of a cell's cache group with this number."""
    return names.of(f"cache-{number}")


def users_name(names: Names, number: int) -> str:
    """Id of the user group of a cell's cache group with this number."""
    return names.of(f"users-{number}")


def data_bucket(names: Names) -> str:
    """The bucket that tenants without one of their own have their objects in."""
    return names.of("objects")


def backup_bucket(names: Names) -> str:
    """The bucket that they have their backups in."""
    return names.of("backups")


def _database(environment: Environment, names: Names, number: int) -> SharedDatabase:
    assert environment.shared.data is not None
    wanted, name = environment.shared.data.databases, database_name(names, number)
    plan = DatabasePlan(
        identifier=name,
        engine_version=ENGINE_VERSION,
        instance_class=wanted.instance_class,
        storage_gb=wanted.storage_gb,
        multi_az=wanted.multi_az,
        backup_days=wanted.backup_days,
    )
    return SharedDatabase(number, plan, f"{name}-deployer-login", f"{name}-application-login")


def _cache(environment: Environment, names: Names, number: int) -> SharedCache:
    assert environment.shared.data is not None
    wanted = environment.shared.data.caches
    plan = CachePlan(
        group=cache_name(names, number),
        engine_version=CACHE_VERSION,
        node_type=wanted.node_type,
        nodes=1 + wanted.replicas,
        snapshot_days=wanted.snapshot_days,
    )
    return SharedCache(number, plan, users_name(names, number), names.of(f"nobody-{number}"))


def database_prices(plan: DatabasePlan) -> Iterator[PriceDimension]:
    """The instance by the hour, storage by the GB-month; backups beyond the storage's size by use."""
    zones = "multi_az" if plan.multi_az else "single_az"
    yield PriceDimension(f"rds.postgres.{plan.instance_class}.{zones}", "hour", HOURS_A_MONTH)
    yield PriceDimension(f"rds.storage.gp3.{zones}", "GB-month", plan.storage_gb)
    yield PriceDimension("rds.backup.charged", "GB-month", None)


def cache_prices(plan: CachePlan) -> Iterator[PriceDimension]:
    """Nodes by the hour; snapshots beyond one a day by use."""
    yield PriceDimension(f"elasticache.valkey.{plan.node_type}", "hour", HOURS_A_MONTH * plan.nodes)
    yield PriceDimension("elasticache.backup", "GB-month", None)


def refusals(old: CellData | None, new: CellData | None) -> Iterator[Fault]:
    """Changes under which tenants' data would be nowhere: what is shared grows and never shrinks."""
    if old is None:
        return
    if new is None:
        yield Fault(None, "shared.data", "tenants have their data in it", "as it was")
        return
    for name, before, after in (("databases", old.databases, new.databases), ("caches", old.caches, new.caches)):
        if len(after) < len(before):
            why = f"{len(before)} -> {len(after)} refused: tenants are on number {len(before)}, and are not moved"
            yield Fault(None, f"shared.data.{name}.count", why, f"{len(before)} or more", str(len(before)))
    if old.databases and new.databases:
        was, now = old.databases[0].plan.storage_gb, new.databases[0].plan.storage_gb
        if now < was:
            why = f"{was} GB -> {now} GB refused: RDS can't shrink a disk"
            yield Fault(None, "shared.data.databases.storage_gb", why, f"{was} or more", str(was))


def prices(cell: CellData) -> Iterator[tuple[str, PriceDimension]]:
    """All that AWS will bill for what tenants share, with the kind it is billed for."""
    for database in cell.databases:
        yield from (("database", dimension) for dimension in database_prices(database.plan))
        yield "secrets", PriceDimension("secretsmanager.secret", "secret-month", 3)
    for cache in cell.caches:
        yield from (("cache", dimension) for dimension in cache_prices(cache.plan))
    yield "encryption", PriceDimension("kms.key", "key-month", 1)


def demands(cell: CellData) -> Iterator[Demand]:
    """All that they use up of the account's quotas."""
    yield Demand(KEYS, 1)
    yield Demand(BUCKETS, 2)
    yield Demand(DATABASES, len(cell.databases))
    yield Demand(DATABASE_STORAGE, sum(each.plan.storage_gb for each in cell.databases))
    yield Demand(CACHE_NODES, sum(each.plan.nodes for each in cell.caches))
