"""A tenant's database: an RDS PostgreSQL instance of its own, or a slice of one that tenants of its cell share.

silo    an instance of its own, and on it a login, a database and a schema
bridge  a database of its own on a shared instance, or a schema of its own in a shared database
pool    its own rows of shared tables: policies let each login see those that carry its name
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.blueprint import data
from stacks.blueprint.data import DatabasePlan
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.inputs.tier import DatabaseSize, OwnSlice
from stacks.resources.kind import ANY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import DATABASE_STORAGE, DATABASES, Demand

NO_LIMIT: Final = -1
"""How PostgreSQL spells that a role may have any number of connections."""


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """`database`, `login` and `schema` are what the tenant's workloads use.

    `plan` is that of its own instance; None where it shares the one called `identifier`, the cell's number `shard`.
    `owner` and `reader` are roles of a bridge: one owns the schema and changes its tables, one only reads; elsewhere
    there are none. `statement_seconds` 0 sets no end. `reference` are schemas beside its own whose tables it reads.
    """

    isolation: Isolation
    identifier: str
    plan: DatabasePlan | None
    shard: int | None
    database: str
    own_database: bool
    schema: str
    login: str
    owner: str
    reader: str
    connection_limit: int
    statement_seconds: int
    reference: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The cell's roles by which it reads them."""
        return tuple(data.readers(schema) for schema in self.reference)


def resolve(ask: Ask) -> DatabaseSpec:
    """The size's figures, changed where the profile says so."""
    isolation, slug = ask.tier.of("database"), ask.facts.slug
    if isolation is Isolation.SILO:
        plan = _plan(ask)
        return DatabaseSpec(
            isolation=isolation,
            identifier=plan.identifier,
            plan=plan,
            shard=None,
            database=slug,
            own_database=True,
            schema=ask.profile.data_locations.database_schema or slug,
            login=slug,
            owner="",
            reader="",
            connection_limit=NO_LIMIT,
            statement_seconds=0,
        )
    bridge = isolation is Isolation.BRIDGE
    own = bridge and ask.tier.bridge_database is OwnSlice.DATABASE
    assert ask.facts.database_shard is not None
    return DatabaseSpec(
        isolation=isolation,
        identifier=data.database_name(ask.cell, ask.facts.database_shard),
        plan=None,
        shard=ask.facts.database_shard,
        database=slug if own else data.BRIDGE_DATABASE if bridge else data.POOL_DATABASE,
        own_database=own,
        schema=_schema(ask, own=own) if bridge else data.POOL_SCHEMA,
        login=slug,
        owner=f"{slug}_owner" if bridge else "",
        reader=f"{slug}_reader" if bridge else "",
        connection_limit=ask.row.database_slice.connections,
        statement_seconds=ask.row.database_slice.statement_seconds,
        reference=tuple(sorted(ask.profile.shared.reference)),
    )


def _schema(ask: Ask, *, own: bool) -> str:
    """In a database of its own a tenant may call its schema what it likes; beside others' the name tells nothing."""
    return (own and ask.profile.data_locations.database_schema) or ask.facts.slug


def _plan(ask: Ask) -> DatabasePlan:
    wanted, figures = ask.profile.database, _figures(ask)
    return DatabasePlan(
        identifier=ask.names.of("database"),
        engine_version=data.ENGINE_VERSION,
        instance_class=wanted.instance_class or figures.instance_class,
        storage_gb=figures.storage_gb if wanted.storage_gb is None else wanted.storage_gb,
        multi_az=figures.multi_az if wanted.multi_az is None else wanted.multi_az,
        backup_days=figures.backup_days if wanted.backup_days is None else wanted.backup_days,
    )


def _figures(ask: Ask) -> DatabaseSize:
    size = ask.profile.database.size or ask.profile.size
    figures = ask.tier.sizes[size].database
    if figures is None:
        raise ValueError(f"tier {ask.tier.tier} has no database of size {size}: its parser lets none through")
    return figures


def prices(spec: DatabaseSpec) -> Iterator[PriceDimension]:
    """Its own instance; what is shared is shared services' cost."""
    return data.database_prices(spec.plan) if spec.plan else iter(())


def demands(spec: DatabaseSpec) -> Iterator[Demand]:
    """Its own instance and its disk."""
    if spec.plan:
        yield Demand(DATABASES, 1)
        yield Demand(DATABASE_STORAGE, spec.plan.storage_gb)


def claims(spec: DatabaseSpec) -> Iterator[Claim]:
    """Only the tenant's login gets in, only through TLS, and sees its own; nobody works as master."""
    yield Claim("NEIGHBOURS_CANNOT_LOG_IN", "OWN_LOGIN_CONNECTS")
    yield Claim("PLAINTEXT_REFUSED", "TLS_CONNECTS")
    yield Claim("PUBLIC_CANNOT_CONNECT", "OWN_LOGIN_CONNECTS")
    yield Claim("LOGIN_IS_NOT_PRIVILEGED", "OWN_SCHEMA_WRITABLE")
    if spec.isolation is Isolation.BRIDGE:
        yield Claim("NEIGHBOURS_SCHEMAS_CLOSED", "OWN_SCHEMA_WRITABLE")
    if spec.isolation is Isolation.POOL:
        yield Claim("NEIGHBOURS_ROWS_HIDDEN", "OWN_ROWS_READABLE")
        yield Claim("EVERY_SHARED_TABLE_HAS_ITS_POLICY", "POLICIES_READABLE")
    if spec.shard is not None and not spec.own_database:
        yield Claim("OTHER_REFERENCE_TABLES_CLOSED", "CATALOGUE_READABLE")
    if spec.reference:
        yield Claim("REFERENCE_TABLES_READ_ONLY", "REFERENCE_TABLES_READABLE")


def refusals(old: DatabaseSpec, new: DatabaseSpec) -> Iterator[Fault]:
    """RDS can't shrink a disk; an older engine, another schema and another form of slice need a migration."""
    if old.plan and new.plan:
        yield from _of_instance(old.plan, new.plan)
    if new.schema != old.schema:
        why = f"schema `{old.schema}` holds data and can't be renamed"
        yield Fault(None, "data_locations.database_schema", why, old.schema)
    if new.own_database != old.own_database:
        why = "a tenant's data can't move between a database of its own and a shared one in place"
        yield Fault(None, "tier_version", why, "a version with the same `bridge_database`")


def _of_instance(old: DatabasePlan, new: DatabasePlan) -> Iterator[Fault]:
    if new.storage_gb < old.storage_gb:
        why = f"{old.storage_gb} GB -> {new.storage_gb} GB refused: RDS can't shrink a disk"
        yield Fault(None, "database.storage_gb", why, f"{old.storage_gb} or more", str(old.storage_gb))
    if int(new.engine_version) < int(old.engine_version):
        why = f"PostgreSQL {old.engine_version} -> {new.engine_version} refused: RDS can't go back"
        yield Fault(None, "tier_version", why, f"{old.engine_version} or later")


KIND = Kind("database", "Database", DatabaseSpec, ANY, resolve, prices, claims, refusals, demands)
