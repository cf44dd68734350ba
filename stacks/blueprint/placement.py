"""Chooses a new tenant's facts: its slug, cell and ranges. Pure; the registry claims them, and refuses what is taken.

Numbers are taken from below and never moved: a tenant keeps its block however many come or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import count

from stacks.blueprint import checks
from stacks.blueprint.facts import Facts, from_json
from stacks.conventions import addressing, naming
from stacks.errors import Refused
from stacks.inputs.environment import Cell, Environment, RegionSettings
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier


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
    _refuse_full_region(profile, environment, here)
    cell = _open_cell(profile, environment, settings, here)
    slug = free_slug(key, profile.tenant, incarnation, {facts.slug for facts in used})
    cidrs = _own_range(profile, settings, here) if profile.network.dedicated else _block(cell, here)
    return Facts(slug=slug, incarnation=incarnation, cidrs=cidrs, cell=cell.number, region=profile.region)


def free_slug(key: bytes, tenant_id: str, incarnation: int, taken: set[str]) -> str:
    """The tenant's slug, salted until nobody has it."""
    return next(slug for salt in count() if (slug := naming.slug(key, tenant_id, incarnation, salt)) not in taken)


def capacity(environment: Environment) -> int:
    """How many silo tenants a cell holds: the smaller of its address blocks and the account's RDS quota."""
    return min(addressing.TENANT_BLOCKS, environment.quotas.rds_instances)


def _refuse_full_region(profile: Profile, environment: Environment, here: tuple[Facts, ...]) -> None:
    databases = sum(1 for facts in here if facts.database_shard is None)
    if databases >= environment.quotas.rds_instances:
        raise Refused(
            f"{profile.tenant}: no room in {profile.region} of {environment.name}.",
            why=f"{databases} DB instances are all that the account's RDS quota allows.",
            next="Have the quota raised, then set quotas.rds_instances in the environment's file.",
        )


def _open_cell(profile: Profile, environment: Environment, settings: RegionSettings, here: tuple[Facts, ...]) -> Cell:
    """The lowest cell with room. An own VPC takes no block, but a place among the cell's databases."""
    most = capacity(environment)
    for cell in sorted(settings.cells, key=lambda each: each.number):
        if sum(1 for facts in here if facts.cell == cell.number) < most:
            return cell
    highest = max(cell.number for cell in settings.cells)
    raise Refused(
        f"{profile.tenant}: no room in {profile.region} of {environment.name}.",
        why=f"Every cell holds {most} tenants, which is all it can.",
        next=f"Add cell {highest + 1} to the environment's file, then: tenant shared apply --cell {highest + 1}.",
    )


def _block(cell: Cell, here: tuple[Facts, ...]) -> tuple[str, ...]:
    used = {facts.cidrs for facts in here if facts.cell == cell.number}
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
