"""A tenant's database: an RDS PostgreSQL instance of its own, and on it a login, a database and a schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.inputs.tier import DatabaseSize
from stacks.resources.kind import HOURS_A_MONTH, SILO_ONLY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import DATABASE_STORAGE, DATABASES, Demand

ENGINE_VERSION = "16"
FAMILY = "postgres16"
MASTER = "tenant_admin"
MASTER_DATABASE = "postgres"


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """Storage in GB, backups in days. `database`, `login` and `schema` are what the tenant's workloads use."""

    isolation: Isolation
    identifier: str
    engine_version: str
    instance_class: str
    storage_gb: int
    multi_az: bool
    backup_days: int
    database: str
    login: str
    schema: str
    connection_limit: int


def resolve(ask: Ask) -> DatabaseSpec:
    """The size's figures, changed where the profile says so."""
    wanted, figures = ask.profile.database, _figures(ask)
    slug = ask.facts.slug
    return DatabaseSpec(
        isolation=Isolation.SILO,
        identifier=ask.names.of("database"),
        engine_version=ENGINE_VERSION,
        instance_class=wanted.instance_class or figures.instance_class,
        storage_gb=figures.storage_gb if wanted.storage_gb is None else wanted.storage_gb,
        multi_az=figures.multi_az if wanted.multi_az is None else wanted.multi_az,
        backup_days=figures.backup_days if wanted.backup_days is None else wanted.backup_days,
        database=slug,
        login=slug,
        schema=ask.profile.data_locations.database_schema or slug,
        connection_limit=-1,
    )


def _figures(ask: Ask) -> DatabaseSize:
    size = ask.profile.database.size or ask.profile.size
    figures = ask.tier.sizes[size].database
    if figures is None:
        raise ValueError(f"tier {ask.tier.tier} has no database of size {size}: its parser lets none through")
    return figures


def prices(spec: DatabaseSpec) -> Iterator[PriceDimension]:
    """The instance by the hour, storage by the GB-month; backups beyond the storage's size by use."""
    zones = "multi_az" if spec.multi_az else "single_az"
    yield PriceDimension(f"rds.postgres.{spec.instance_class}.{zones}", "hour", HOURS_A_MONTH)
    yield PriceDimension(f"rds.storage.gp3.{zones}", "GB-month", spec.storage_gb)
    yield PriceDimension("rds.backup.charged", "GB-month", None)


def demands(spec: DatabaseSpec) -> Iterator[Demand]:
    """One instance and its disk."""
    yield Demand(DATABASES, 1)
    yield Demand(DATABASE_STORAGE, spec.storage_gb)


def claims(spec: DatabaseSpec) -> Iterator[Claim]:
    """Only the tenant's login gets in, only through TLS, and nobody works as master."""
    yield Claim("NEIGHBOURS_CANNOT_LOG_IN", "OWN_LOGIN_CONNECTS")
    yield Claim("PLAINTEXT_REFUSED", "TLS_CONNECTS")
    yield Claim("PUBLIC_CANNOT_CONNECT", "OWN_LOGIN_CONNECTS")
    yield Claim("LOGIN_IS_NOT_PRIVILEGED", "OWN_SCHEMA_WRITABLE")


def refusals(old: DatabaseSpec, new: DatabaseSpec) -> Iterator[Fault]:
    """RDS can't shrink a disk; an older engine and another schema need a migration."""
    if new.storage_gb < old.storage_gb:
        why = f"{old.storage_gb} GB -> {new.storage_gb} GB refused: RDS can't shrink a disk"
        yield Fault(None, "database.storage_gb", why, f"{old.storage_gb} or more", str(old.storage_gb))
    if int(new.engine_version) < int(old.engine_version):
        why = f"PostgreSQL {old.engine_version} -> {new.engine_version} refused: RDS can't go back"
        yield Fault(None, "tier_version", why, f"{old.engine_version} or later")
    if new.schema != old.schema:
        why = f"schema `{old.schema}` holds data and can't be renamed"
        yield Fault(None, "data_locations.database_schema", why, old.schema)


KIND = Kind("database", "Database", DatabaseSpec, SILO_ONLY, resolve, prices, claims, refusals, demands)
