"""A tenant's cache: an ElastiCache Valkey group of its own, or a user in one that tenants of its cell share.

bridge  a numbered database of a shared group, all of whose keys are the tenant's
pool    keys of a shared group's first database that begin with `<slug>:`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.blueprint import data
from stacks.blueprint.data import CachePlan
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.inputs.tier import CacheSize
from stacks.policies import cache
from stacks.resources.kind import ANY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import CACHE_NODES, Demand

_DATABASES: Final = 16
"""Of a group of its own; as many as a profile may choose from."""


@dataclass(frozen=True, slots=True)
class CacheSpec:
    """`access` is the user's ACL, without a password; `database` the number of the one that its keys are in.

    `prefix` is what all its keys begin with, and `channels` what all its channels do, empty for anything.

    `plan` is that of its own group; None where it is a user of the one called `group`, the cell's number `shard`.
    `users` is the user group that it is in.
    """

    isolation: Isolation
    group: str
    plan: CachePlan | None
    shard: int | None
    users: str
    user: str
    login: str
    database: int
    prefix: str
    channels: str
    access: str


def resolve(ask: Ask) -> CacheSpec:
    """The size's figures, changed where the profile says so; or a user in the shard that the facts name."""
    isolation, user, slug = ask.tier.of("cache"), ask.names.of("user"), ask.facts.slug
    database = ask.cache_database
    if isolation is Isolation.SILO:
        plan = _plan(ask)
        users = ask.names.of("users")
        return CacheSpec(isolation, plan.group, plan, None, users, user, slug, database, "", "", cache.OWN_ACCESS)
    cell, number = ask.cell, ask.facts.cache_shard
    assert number is not None
    begins, alone = f"{slug}:", isolation is Isolation.BRIDGE
    return CacheSpec(
        isolation=isolation,
        group=data.cache_name(cell, number),
        plan=None,
        shard=number,
        users=data.users_name(cell, number),
        user=user,
        login=slug,
        database=database,
        prefix="" if alone else begins,
        channels=begins,
        access=cache.alone_in(database, begins) if alone else cache.within(begins, database),
    )


def _plan(ask: Ask) -> CachePlan:
    wanted, figures = ask.profile.cache, _figures(ask)
    return CachePlan(
        group=ask.names.of("cache"),
        engine_version=data.CACHE_VERSION,
        node_type=wanted.node_type or figures.node_type,
        nodes=1 + (figures.replicas if wanted.replicas is None else wanted.replicas),
        snapshot_days=figures.snapshot_days,
        databases=_DATABASES,
    )


def _figures(ask: Ask) -> CacheSize:
    size = ask.profile.cache.size or ask.profile.size
    figures = ask.tier.sizes[size].cache
    if figures is None:
        raise ValueError(f"tier {ask.tier.tier} has no cache of size {size}: its parser lets none through")
    return figures


def prices(spec: CacheSpec) -> Iterator[PriceDimension]:
    """Its own nodes; what is shared is shared services' cost."""
    return data.cache_prices(spec.plan) if spec.plan else iter(())


def demands(spec: CacheSpec) -> Iterator[Demand]:
    """A node each for the primary and its replicas."""
    if spec.plan:
        yield Demand(CACHE_NODES, spec.plan.nodes)


def claims(spec: CacheSpec) -> Iterator[Claim]:
    """Only the tenant's user gets in, only through TLS; beside others it sees neither their keys nor their names."""
    yield Claim("NEIGHBOURS_CANNOT_LOG_IN", "OWN_USER_CONNECTS")
    yield Claim("DEFAULT_USER_OFF", "OWN_USER_CONNECTS")
    yield Claim("PLAINTEXT_REFUSED", "TLS_CONNECTS")
    yield Claim("SERVER_COMMANDS_REFUSED", "OWN_KEYS_WRITABLE")
    if spec.plan is None:
        yield Claim("KEYS_OF_OTHERS_UNREADABLE", "OWN_KEYS_WRITABLE")
        yield Claim("KEY_NAMES_OF_OTHERS_HIDDEN", "OWN_KEYS_WRITABLE")


def refusals(old: CacheSpec, new: CacheSpec) -> Iterator[Fault]:
    """What lies under the old beginning, or in the old database, would be nobody's."""
    if new.prefix != old.prefix:
        yield Fault(None, "tier_version", f"keys that begin with `{old.prefix}` can't be renamed in place")
    if new.database != old.database:
        why = f"{old.database} -> {new.database} refused: keys stay in the database that they are in"
        yield Fault(None, "data_locations.redis_db", why, str(old.database), str(old.database))


KIND = Kind("cache", "Cache", CacheSpec, ANY, resolve, prices, claims, refusals, demands)
