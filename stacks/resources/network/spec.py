"""A tenant's network: data subnets of its own in the cell's VPC, or a VPC of its own; who may reach them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.conventions import addressing
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """Ranges by zone. `vpc_cidr` is empty where the subnets lie in the cell's VPC."""

    isolation: Isolation
    vpc_cidr: str
    data_cidrs: tuple[str, ...]
    private_cidrs: tuple[str, ...]
    data_ports: tuple[int, ...]
    log_retention_days: int

    @property
    def own_vpc(self) -> bool:
        """Whether the tenant has a VPC of its own."""
        return bool(self.vpc_cidr)


def resolve(ask: Ask) -> NetworkSpec:
    """Ranges are facts; an own VPC is cut here."""
    days = ask.tier.retention.logs
    ports = (addressing.DATABASE_PORT, addressing.CACHE_PORT)
    if not ask.facts.own_vpc:
        return NetworkSpec(Isolation.SILO, "", ask.facts.cidrs, (), ports, days)
    ranges = addressing.own_vpc(ask.facts.cidrs[0])
    return NetworkSpec(Isolation.SILO, ask.facts.cidrs[0], ranges.data, ranges.private, ports, days)


def prices(spec: NetworkSpec) -> Iterator[PriceDimension]:
    """Subnets, groups and gateway endpoints cost nothing; traffic, and flow logs of an own VPC, are billed by use."""
    yield PriceDimension("data_transfer.out.first_10tb", "GB", None)
    yield PriceDimension("data_transfer.inter_az_each_way", "GB", None)
    if spec.own_vpc:
        yield PriceDimension("cloudwatch.logs.ingest", "GB", None)


def claims(spec: NetworkSpec) -> Iterator[Claim]:
    """No path from a neighbour's group to the tenant's data."""
    yield Claim("NEIGHBOURS_CANNOT_REACH_DATA_PORTS", "OWN_WORKLOADS_REACH_DATA_PORTS")
    yield Claim("NO_ROUTE_BETWEEN_TENANTS", "OWN_SUBNETS_ROUTE_LOCALLY")


def refusals(old: NetworkSpec, new: NetworkSpec) -> Iterator[Fault]:
    """Data can't move between networks in place."""
    if old.own_vpc != new.own_vpc:
        why = "a tenant with data can't change between the cell's VPC and its own in place"
        yield Fault(None, "network.dedicated", why, str(old.own_vpc).lower())


KIND = Kind("network", "Network", NetworkSpec, SILO_ONLY, resolve, prices, claims, refusals)
