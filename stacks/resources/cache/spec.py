"""A tenant's cache: an ElastiCache Valkey group of its own, with one user and no default one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.inputs.tier import CacheSize
from stacks.resources.kind import HOURS_A_MONTH, SILO_ONLY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import CACHE_NODES, Demand

ENGINE_VERSION = "8.0"
FAMILY = "valkey8"
ACCESS = "on ~* &* +@all -@admin -@dangerous"
"""The group is the tenant's own: all keys and channels, but nothing that changes or empties the server."""


@dataclass(frozen=True, slots=True)
class CacheSpec:
    """`nodes` counts the primary and its replicas; `access` is the user's ACL, without a password.

    `snapshot_days` is how long daily snapshots are kept; 0 takes none.
    """

    isolation: Isolation
    group: str
    user: str
    login: str
    access: str
    engine_version: str
    node_type: str
    nodes: int
    snapshot_days: int


def resolve(ask: Ask) -> CacheSpec:
    """The size's figures, changed where the profile says so."""
    wanted, figures = ask.profile.cache, _figures(ask)
    replicas = figures.replicas if wanted.replicas is None else wanted.replicas
    return CacheSpec(
        isolation=Isolation.SILO,
        group=ask.names.of("cache"),
        user=ask.names.of("user"),
        login=ask.facts.slug,
        access=ACCESS,
        engine_version=ENGINE_VERSION,
        node_type=wanted.node_type or figures.node_type,
        nodes=1 + replicas,
        snapshot_days=figures.snapshot_days,
    )


def _figures(ask: Ask) -> CacheSize:
    size = ask.profile.cache.size or ask.profile.size
    figures = ask.tier.sizes[size].cache
    if figures is None:
        raise ValueError(f"tier {ask.tier.tier} has no cache of size {size}: its parser lets none through")
    return figures


def prices(spec: CacheSpec) -> Iterator[PriceDimension]:
    """Nodes by the hour; snapshots beyond one a day by use."""
    yield PriceDimension(f"elasticache.valkey.{spec.node_type}", "hour", HOURS_A_MONTH * spec.nodes)
    yield PriceDimension("elasticache.backup", "GB-month", None)


def demands(spec: CacheSpec) -> Iterator[Demand]:
    """A node each for the primary and its replicas."""
    yield Demand(CACHE_NODES, spec.nodes)


def claims(spec: CacheSpec) -> Iterator[Claim]:
    """Only the tenant's user gets in, only through TLS."""
    yield Claim("NEIGHBOURS_CANNOT_LOG_IN", "OWN_USER_CONNECTS")
    yield Claim("DEFAULT_USER_OFF", "OWN_USER_CONNECTS")
    yield Claim("PLAINTEXT_REFUSED", "TLS_CONNECTS")
    yield Claim("SERVER_COMMANDS_REFUSED", "OWN_KEYS_WRITABLE")


KIND = Kind("cache", "Cache", CacheSpec, SILO_ONLY, resolve, prices, claims, demands=demands)
