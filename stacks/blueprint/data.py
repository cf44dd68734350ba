"""Data services as data: what a cell shares of databases, caches and buckets, and what a tenant's own have in common.

A cell's are named for the cell and numbered from 1, so that a tenant's blueprint can say which one its slice is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stacks.conventions.naming import Names
from stacks.errors import Fault
from stacks.inputs.environment import Environment
from stacks.resources.kind import HOURS_A_MONTH, PriceDimension
from stacks.resources.quotas import BUCKETS, CACHE_NODES, DATABASE_STORAGE, DATABASES, KEYS, Demand

ENGINE_VERSION: Final = "16"
FAMILY: Final = "postgres16"
MASTER: Final = "tenant_admin"
MASTER_DATABASE: Final = "postgres"
CACHE_VERSION: Final = "9.1"
"""The first with rights on numbered databases (Amazon ElastiCache User Guide, engine-versions)."""
CACHE_FAMILY: Final = "valkey9"
CACHE_DATABASES: Final = 128
"""Numbered databases of a cache that tenants share: one for each user that a group takes, and the one numbered 0.

They are set when a group is made and never after (ElastiCache, parameter `databases`).
"""

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


def readers(schema: str) -> str:
    """The role whose members read a schema of reference tables, and may do nothing else by it."""
    return f"{schema}_readers"


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
    """An ElastiCache for Valkey group. `nodes` counts the primary and its replicas; `snapshot_days` 0 takes none.

    `databases` are the numbered ones, from 0.
    """

    group: str
    engine_version: str
    node_type: str
    nodes: int
    snapshot_days: int
    databases: int


@dataclass(frozen=True, slots=True)
class SharedDatabase:
    """An instance that tenants share, and the names of the secrets by which its deployer and the application log in.

    `reference` are schemas of tables that tenants read, in each of the databases that they share.
    """

    number: int
    plan: DatabasePlan
    deployer_secret: str
    application_secret: str
    reference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedCache:
    """A group that tenants share: its user group, and the user in it that takes away what tenants leave.

    `deployer_secret` names the secret by which that one logs in.
    """

    number: int
    plan: CachePlan
    users: str
    deployer: str
    deployer_secret: str


@dataclass(frozen=True, slots=True)
class ModelCachePlan:
    """A bucket that tenants read, each the folders that it is given; `publishers` are ARNs of roles that write it."""

    bucket: str
    publishers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue that tenants send to, by the `name` that profiles call it; `workers` are ARNs of roles that work it off.

    `dead` takes what they gave back too often.
    """

    name: str
    queue: str
    dead: str
    workers: tuple[str, ...]


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
    models: ModelCachePlan | None = None
    queues: tuple[QueuePlan, ...] = ()


def of_cell(environment: Environment, region: str, cell: int, service_roles: tuple[str, ...]) -> CellData | None:
    """What a cell's tenants share; None where the environment says that they share nothing."""
    wanted = environment.shared.data
    if wanted is None:
        return None
    names = environment.names_of(region, cell)
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
        models=ModelCachePlan(model_bucket(names), tuple(sorted(wanted.models.publishers))) if wanted.models else None,
        queues=tuple(_queue(names, name, each.workers) for name, each in sorted(wanted.queues.items())),
    )


def database_name(names: Names, number: int) -> str:
    """Identifier of a cell's instance with this number."""
    return names.of(f"database-{number}")


def cache_name(names: Names, number: int) -> str:
    """Id of a cell's cache group with this number."""
    return names.of(f"cache-{number}")


def users_name(names: Names, number: int) -> str:
    """Id of the user group of a cell's cache group with this number."""
    return names.of(f"users-{number}")


def deployer_of(users: str) -> str:
    """Id of the deployer's user in the user group of a cell's cache."""
    base, _, number = users.rpartition("-users-")
    return f"{base}-deployer-{number}"


def deployer_secret(name: str) -> str:
    """The secret by which the deployer of a cell's instance or cache group of this name logs in."""
    return f"{name}-deployer-login"


def application_secret(name: str) -> str:
    """The secret by which the application logs in to a cell's instance of this name."""
    return f"{name}-application-login"


def data_bucket(names: Names) -> str:
    """The bucket that tenants without one of their own have their objects in."""
    return names.of("objects")


def backup_bucket(names: Names) -> str:
    """The bucket that they have their backups in."""
    return names.of("backups")


def model_bucket(names: Names) -> str:
    """The bucket of models that they read."""
    return names.of("models")


def queue_name(names: Names, name: str) -> str:
    """The queue that profiles call by this name."""
    return names.of(f"queue-{name}")


def dead_name(queue: str) -> str:
    """The one beside it, for messages that workers gave back too often; of a name, an ARN or a URL."""
    return f"{queue}-dead"


def _queue(names: Names, name: str, workers: Sequence[str]) -> QueuePlan:
    queue = queue_name(names, name)
    return QueuePlan(name, queue, dead_name(queue), tuple(sorted(workers)))


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
    return SharedDatabase(
        number, plan, deployer_secret(name), application_secret(name), tuple(sorted(wanted.reference))
    )


def _cache(environment: Environment, names: Names, number: int) -> SharedCache:
    assert environment.shared.data is not None
    wanted = environment.shared.data.caches
    plan = CachePlan(
        group=cache_name(names, number),
        engine_version=CACHE_VERSION,
        node_type=wanted.node_type,
        nodes=1 + wanted.replicas,
        snapshot_days=wanted.snapshot_days,
        databases=CACHE_DATABASES,
    )
    users = users_name(names, number)
    return SharedCache(number, plan, users, deployer_of(users), deployer_secret(plan.group))


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
    if old.models and not new.models:
        yield Fault(None, "shared.data.models", "tenants read models in it", "as it was")
    for each in sorted({queue.name for queue in old.queues} - {queue.name for queue in new.queues}):
        yield Fault(None, f"shared.data.queues.{each}", "tenants send to it", "as it was")
    if old.databases and new.databases:
        if gone := sorted({*old.databases[0].reference} - {*new.databases[0].reference}):
            why = f"tenants read tables in {', '.join(gone)}"
            yield Fault(None, "shared.data.databases.reference", why, "as it was, or more")
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
        yield "secrets", PriceDimension("secretsmanager.secret", "secret-month", 1)
    if cell.queues:
        yield "queues", PriceDimension("sqs.requests.standard", "request", None)
    yield "encryption", PriceDimension("kms.key", "key-month", 1)


def demands(cell: CellData) -> Iterator[Demand]:
    """All that they use up of the account's quotas."""
    yield Demand(KEYS, 1)
    yield Demand(BUCKETS, 3 if cell.models else 2)
    yield Demand(DATABASES, len(cell.databases))
    yield Demand(DATABASE_STORAGE, sum(each.plan.storage_gb for each in cell.databases))
    yield Demand(CACHE_NODES, sum(each.plan.nodes for each in cell.caches))
