"""Chooses a new tenant's facts: slug, cell, ranges, shards. Pure; the registry claims them, and refuses what is taken.

Numbers are taken from below and never moved: a tenant keeps its block however many come or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from itertools import count
from typing import Final

from stacks.blueprint import checks, shards
from stacks.blueprint.facts import Facts, from_json
from stacks.blueprint.shards import Full, Need
from stacks.conventions import addressing, naming
from stacks.errors import Refused
from stacks.inputs.environment import MOST_CELLS, Cell, Environment, RegionSettings
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

_PEOPLE: Final = 2
"""Roles of a bridge tenant beside its workloads': the owner and the reader, each with the same limit."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the registry knows to be in use: facts of all tenants of the environment."""

    taken: tuple[Facts, ...]

    def __iter__(self) -> Iterator[Facts]:
        return iter(self.taken)


def place(
    profile: Profile,
    tier: Tier,
    environment: Environment,
    taken: Iterable[Facts],
    key: bytes,
    incarnation: int,
) -> Facts:
    """Facts for a new tenant. Raises BadInput as `resolve` does, and Refused when its region or all cells are full."""
    checks.check(profile, tier, environment)
    used = tuple(taken)
    settings = environment.region(profile.region)
    if settings is None:
        raise ValueError(f"{profile.region} was not checked against {environment.name}")
    here = tuple(facts for facts in used if facts.region == profile.region)
    asked = _Asked(profile, tier, environment)
    if asked.own_database:
        _refuse_full_region(profile, environment, settings, here)
    place = _open_cell(asked, settings, here)
    return Facts(
        slug=free_slug(key, profile.tenant, incarnation, {facts.slug for facts in used}),
        incarnation=incarnation,
        cidrs=_own_range(profile, settings, here) if profile.network.dedicated else place.block,
        cell=place.cell.number,
        region=profile.region,
        database_shard=place.database,
        cache_shard=place.cache,
        cache_database=place.cache_database,
        **asked.room,
    )


def regrown(facts: Facts, profile: Profile, tier: Tier, environment: Environment, others: Iterable[Facts]) -> Facts:
    """The same place with room for what the tenant asks for now.

    Raises BadInput as `resolve` does, and Refused where its database or cache has none. Who asks for less is let.
    """
    checks.check(profile, tier, environment)
    data = environment.shared.data
    grown = replace(facts, **_Asked(profile, tier, environment).room)
    if replace(grown, other_connections=None) == facts:
        return facts  # placed before others than its workloads were counted: not asked for anything since
    fits = data is None or not shards.grows(grown, facts)
    full = None if fits or data is None else next(shards.overfilled(data, grown, others), None)
    if full:
        raise Refused(
            f"{profile.tenant}: its cell has no room for what it asks for now.",
            why=f"The {full.what} beside its other tenants.",
            next=f"Choose a smaller size or fewer members, or raise {full.key} in the environment's file.",
        )
    return grown


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a tenant needs of a cell."""

    profile: Profile
    tier: Tier
    environment: Environment

    @property
    def own_database(self) -> bool:
        return self.tier.of("database") is Isolation.SILO

    @property
    def need(self) -> Need:
        """What it takes of the cell's shards."""
        room = self.room
        return Need(room["connections"] + room["other_connections"], room["tables"], room["cache_users"])

    @property
    def room(self) -> dict[str, int]:
        """The same as facts keep it. PostgreSQL limits connections by role: each of the tenant's has its own number."""
        figures, members = self.tier.sizes[self.profile.size].database_slice, self.tier.members
        bridge = self.tier.of("database") is Isolation.BRIDGE
        shared_cache = self.tier.of("cache") is not Isolation.SILO
        active = sum(member.active for member in self.profile.members)
        people = _PEOPLE * figures.connections if bridge else 0
        tables = figures.tables + len(self.profile.members) * members.tables
        return {
            "connections": 0 if self.own_database else figures.connections,
            "other_connections": 0 if self.own_database else people + active * members.connections,
            "tables": tables if bridge else 0,
            "cache_users": 1 + min(active, members.cache_users) if shared_cache else 0,
        }


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell with room, and where in it."""

    cell: Cell
    block: tuple[str, ...]
    database: int | None
    cache: int | None
    cache_database: int | None


def free_slug(key: bytes, tenant_id: str, incarnation: int, taken: set[str]) -> str:
    """The tenant's slug, salted until nobody has it."""
    return next(slug for salt in count() if (slug := naming.slug(key, tenant_id, incarnation, salt)) not in taken)


def capacity(environment: Environment) -> int:
    """How many silo tenants a cell holds: the smaller of its address blocks and the account's RDS quota."""
    return min(addressing.TENANT_BLOCKS, environment.quotas.rds_instances)


def least(taken: Iterable[Facts]) -> dict[str, int]:
    """How many of what a cell's tenants share there must be, for those who have their place."""
    placed = tuple(taken)
    return {
        "databases": max((facts.database_shard or 0 for facts in placed), default=0),
        "caches": max((facts.cache_shard or 0 for facts in placed), default=0),
    }


def _refuse_full_region(
    profile: Profile, environment: Environment, settings: RegionSettings, here: tuple[Facts, ...]
) -> None:
    databases = _instances(environment, settings, here)
    if databases >= environment.quotas.rds_instances:
        raise Refused(
            f"{profile.tenant}: no room in {profile.region} of {environment.name}.",
            why=f"{databases} DB instances are all that the account's RDS quota allows.",
            next="Have the quota raised, then set quotas.rds_instances in the environment's file.",
        )


def _instances(environment: Environment, settings: RegionSettings, here: tuple[Facts, ...]) -> int:
    """DB instances that the region's cells and tenants have."""
    data = environment.shared.data
    shared = data.databases.count * len(settings.cells) if data else 0
    return shared + sum(1 for facts in here if facts.database_shard is None)


def _open_cell(asked: _Asked, settings: RegionSettings, here: tuple[Facts, ...]) -> _Place:
    """The lowest cell with room. Raises Refused with what each one lacks."""
    lacking: list[Full] = []
    for cell in sorted(settings.cells, key=lambda each: each.number):
        found = _room(asked, cell, tuple(facts for facts in here if facts.cell == cell.number))
        if isinstance(found, _Place):
            return found
        lacking.append(replace(found, what=f"Cell {cell.number}: {found.what}."))
    raise Refused(
        f"{asked.profile.tenant}: no room in {asked.profile.region} of {asked.environment.name}.",
        why=" ".join(each.what for each in lacking),
        next=_advice(asked, settings, here, lacking),
    )


def _advice(asked: _Asked, settings: RegionSettings, here: tuple[Facts, ...], lacking: list[Full]) -> str:
    """What gives room: more in each cell, another cell where that would have it, a tenant that needs less."""
    region, key = asked.profile.region, next((each.key for each in lacking if each.key), "")
    ways = [f"raise {key} in the environment's file, then: tenant shared apply --region {region}"] if key else []
    following, data = max(cell.number for cell in settings.cells) + 1, asked.environment.shared.data
    instances = _instances(asked.environment, settings, here) + (data.databases.count if data else 0)
    if any(each.never for each in lacking):
        if not key.endswith(".count"):
            ways.append("choose a smaller size or fewer members: an empty one has no room for it, in no cell")
    elif instances > asked.environment.quotas.rds_instances:
        quota = "have the RDS quota raised, then set quotas.rds_instances in the environment's file"
        ways.append(f"{quota}: another cell's shared databases are more than it allows")
    elif following <= MOST_CELLS:
        added = f"add cell {following}, with a range of its own, to {region} in the environment's file"
        ways.append(f"{added}, then: tenant shared apply --region {region} --cell {following}")
    told = ". Or ".join(ways) or "choose another region"
    return f"{told[0].upper()}{told[1:]}."


def _room(asked: _Asked, cell: Cell, inside: tuple[Facts, ...]) -> _Place | Full:
    """Where in a cell a tenant gets its place, or what the cell has no room for."""
    most = capacity(asked.environment)
    own = sum(1 for facts in inside if facts.cidrs or facts.database_shard is None)
    if (asked.own_database or asked.tier.of("network") is Isolation.SILO) and own >= most:
        return Full(f"{most} tenants with subnets or a database of their own are all it can hold")
    data, database, cache, inner = asked.environment.shared.data, None, None, None
    if data and not asked.own_database:
        database = shards.database(data.databases, asked.need, inside)
        if database is None:
            wanted = f"{asked.need.connections} connections and {asked.need.tables} tables"
            never = shards.too_small(data.databases, asked.need)
            key = f"shared.data.databases.{never}" if never else "shared.data.databases"
            return Full(f"no shared database has room for {wanted}", key, bool(never))
    if data and asked.need.users:
        cache = shards.cache(data.caches, asked.need, inside)
        if cache is None:
            users = "another user" if asked.need.users == 1 else f"{asked.need.users} users"
            never = shards.too_few(data.caches, asked.need)
            key = f"shared.data.caches.{never}" if never else "shared.data.caches"
            return Full(f"no shared cache has room for {users}", key, bool(never))
        if asked.tier.of("cache") is Isolation.BRIDGE:
            inner = shards.cache_database(cache, inside)
    own_subnets = asked.tier.of("network") is Isolation.SILO and not asked.profile.network.dedicated
    return _Place(cell, _block(cell, inside) if own_subnets else (), database, cache, inner)


def _block(cell: Cell, inside: tuple[Facts, ...]) -> tuple[str, ...]:
    used = {facts.cidrs for facts in inside}
    blocks = (addressing.tenant_block(cell.cidr, number) for number in range(addressing.TENANT_BLOCKS))
    return next(block for block in blocks if block not in used)


def _own_range(profile: Profile, settings: RegionSettings, here: tuple[Facts, ...]) -> tuple[str, ...]:
    used = {IPv4Network(facts.cidrs[0]) for facts in here if facts.own_vpc}
    for number in range(addressing.own_vpcs(settings.own_vpcs)):
        cidr = addressing.own_vpc_cidr(settings.own_vpcs, number)
        if IPv4Network(cidr) not in used:
            return (cidr,)
    raise Refused(
        f"{profile.tenant}: no range for an own VPC is left in {profile.region}.",
        why=f"{settings.own_vpcs} holds {addressing.own_vpcs(settings.own_vpcs)} of them, all taken.",
        next="Give the region a larger range in the environment's file.",
    )


__all__ = ["Claims", "Facts", "capacity", "free_slug", "from_json", "place"]
