"""What a connection pooler before a cell's shared databases is told: a pool for each login, none for two.

Pools that tenants share would hand one tenant a session that another one has left its settings in (`SET` outlives the
transaction); PgBouncer keeps pools by login and database (https://www.pgbouncer.org/features.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations import lost
from operations.bundle import Bundle
from operations.registry.model import Record
from stacks.blueprint import model
from stacks.blueprint.model import Blueprint
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MembersSpec


@dataclass(frozen=True, slots=True)
class Pool:
    """A tenant's way to its slice: the instance, the database there, and by login how many connections are pooled.

    That is one less than the role may have: the last one is for who verifies, and for migrations.
    """

    tenant: str
    slug: str
    host: str
    port: int
    database: str
    logins: Mapping[str, int]


def pools(bundle: Bundle, cell: Record) -> tuple[Pool, ...]:
    """Of all tenants that share a database of the cell, by slug. Raises Refused where one is gone."""
    records = bundle.registry.tenants(bundle.environment.name)
    here = (each for each in records if (each.region, each.cell) == (cell.region, cell.cell))
    standing = [(each, model.from_json(dict(each.applied))) for each in here if each.live and each.applied]
    lost.check_tenants(bundle, [blueprint for _, blueprint in standing], {"database"})
    found = (pool for record, blueprint in standing for pool in _pool(record, blueprint))
    return tuple(sorted(found, key=lambda pool: pool.slug))


def _pool(record: Record, blueprint: Blueprint) -> Iterator[Pool]:
    spec = blueprint.of(DatabaseSpec)
    if spec.shard is None:
        return
    place = {name: record.outputs[name].value for name in ("databaseEndpoint", "databasePort")}
    logins = {spec.login: spec.connection_limit - 1, **_members(blueprint)}
    yield Pool(
        tenant=record.subject,
        slug=record.slug,
        host=str(place["databaseEndpoint"]),
        port=int(place["databasePort"]),
        database=spec.database,
        logins=logins,
    )


def _members(blueprint: Blueprint) -> dict[str, int]:
    spec = blueprint.of(MembersSpec)
    return {member.login: spec.connection_limit - 1 for member in spec.active}
