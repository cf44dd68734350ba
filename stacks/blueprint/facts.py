"""What can't be computed from a profile and must last: chosen once by `placement`, kept in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a tenant is: its slug, its cell, its ranges, its shards.

    `cidrs` are three /27 data subnets in the cell's VPC, one /20 that is an own VPC, or none for a tenant that has no
    subnets of its own. Shards are numbers of shared databases and caches, None for a tenant with its own;
    `connections`, `tables` and `cache_users` are the room that is kept for it there, `cache_database` the number of
    the database inside the shared cache that is its alone, None where it is not alone in one. `connections` are those
    of its workloads; `other_connections` those of its owner, its reader and its members together, None of a tenant that
    got its place before they were counted.
    """

    slug: str
    incarnation: int
    cidrs: tuple[str, ...]
    cell: int
    region: str
    database_shard: int | None = None
    cache_shard: int | None = None
    cache_database: int | None = None
    connections: int = 0
    tables: int = 0
    cache_users: int = 0
    other_connections: int | None = None

    @property
    def own_vpc(self) -> bool:
        """Whether the ranges are those of an own VPC."""
        return len(self.cidrs) == 1

    def to_json(self) -> dict[str, Any]:
        """Plain data, as the registry, plans and stack outputs keep it; the same as ever of who was there before."""
        data = {**asdict(self), "cidrs": list(self.cidrs)}
        if self.other_connections is None:
            del data["other_connections"]
        return data


def from_json(data: Mapping[str, Any]) -> Facts:
    """Facts from what `to_json` gave."""
    given: dict[str, Any] = {**data, "cidrs": tuple(data["cidrs"])}
    return Facts(**given)
