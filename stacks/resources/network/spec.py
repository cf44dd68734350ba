"""A tenant's network: who may reach its data, in subnets of its own, a VPC of its own, or the cell's subnets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.conventions import addressing
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.resources.kind import HOURS_A_MONTH, SILO_OR_POOL, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import ADDRESSES, ROLES, VPCS, Demand

_PORTS: Final = {"database": addressing.DATABASE_PORT, "cache": addressing.CACHE_PORT}


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """Ranges by zone. `vpc_cidr` is empty where the subnets lie in the cell's VPC, and then all of an own one's is.

    An own VPC has the ways out that the environment gives a cell's. On `web_port` the cell's load balancer reaches
    workloads; 0 for not at all. `data_ports` are those of data services of its own; with `shares_data`, workloads
    also reach those that its cell's tenants share.
    """

    isolation: Isolation
    vpc_cidr: str
    data_cidrs: tuple[str, ...]
    private_cidrs: tuple[str, ...]
    data_ports: tuple[int, ...]
    log_retention_days: int
    public_cidrs: tuple[str, ...] = ()
    nat_gateways: int = 0
    gateway_endpoints: tuple[str, ...] = ()
    interface_endpoints: tuple[str, ...] = ()
    web_port: int = 0
    shares_data: bool = False

    @property
    def own_vpc(self) -> bool:
        """Whether the tenant has a VPC of its own."""
        return bool(self.vpc_cidr)


def resolve(ask: Ask) -> NetworkSpec:
    """Ranges are facts; an own VPC is cut here."""
    days, ports = ask.tier.retention.logs, _own_ports(ask)
    if not ask.facts.own_vpc:
        web = ask.profile.ingress
        return NetworkSpec(
            isolation=ask.tier.of("network"),
            vpc_cidr="",
            data_cidrs=ask.facts.cidrs,
            private_cidrs=(),
            data_ports=ports,
            log_retention_days=days,
            web_port=web.port if web else 0,
            shares_data=ask.shares_data,
        )
    ranges = addressing.own_vpc(ask.facts.cidrs[0])
    environment = ask.environment
    return NetworkSpec(
        isolation=Isolation.SILO,
        vpc_cidr=ask.facts.cidrs[0],
        data_cidrs=ranges.data,
        private_cidrs=ranges.private,
        data_ports=ports,
        log_retention_days=days,
        public_cidrs=ranges.public if environment.nat_gateways else (),
        nat_gateways=environment.nat_gateways,
        gateway_endpoints=tuple(sorted(environment.endpoints.gateway)),
        interface_endpoints=tuple(sorted(environment.endpoints.interface)),
    )


def _own_ports(ask: Ask) -> tuple[int, ...]:
    return tuple(port for kind, port in _PORTS.items() if ask.tier.of(kind) is Isolation.SILO)


def prices(spec: NetworkSpec) -> Iterator[PriceDimension]:
    """Subnets, groups and gateway endpoints cost nothing; an own VPC's ways out do, by the hour; traffic by use."""
    yield PriceDimension("data_transfer.out.first_10tb", "GB", None)
    yield PriceDimension("data_transfer.inter_az_each_way", "GB", None)
    if spec.own_vpc:
        yield PriceDimension("cloudwatch.logs.ingest", "GB", None)
    if spec.interface_endpoints:
        hours = HOURS_A_MONTH * len(spec.interface_endpoints) * addressing.ZONES
        yield PriceDimension("vpc_interface_endpoint", "hour-per-AZ", hours)
        yield PriceDimension("vpc_interface_endpoint.data.first_1pb", "GB", None)
    if spec.nat_gateways:
        hours = HOURS_A_MONTH * spec.nat_gateways
        yield PriceDimension("nat_gateway", "hour", hours)
        yield PriceDimension("public_ipv4", "hour", hours)
        yield PriceDimension("nat_gateway.data", "GB", None)


def demands(spec: NetworkSpec) -> Iterator[Demand]:
    """An own VPC, the role that writes its flow logs, an address for each way out."""
    if spec.own_vpc:
        yield Demand(VPCS, 1)
        yield Demand(ROLES, 1)
        yield Demand(ADDRESSES, spec.nat_gateways)


def claims(spec: NetworkSpec) -> Iterator[Claim]:
    """No path from a neighbour's group to the tenant's data."""
    if spec.data_ports:
        yield Claim("NEIGHBOURS_CANNOT_REACH_DATA_PORTS", "OWN_WORKLOADS_REACH_DATA_PORTS")
    yield Claim("NO_ROUTE_BETWEEN_TENANTS", "OWN_SUBNETS_ROUTE_LOCALLY")


def refusals(old: NetworkSpec, new: NetworkSpec) -> Iterator[Fault]:
    """Data can't move between networks in place."""
    if old.own_vpc != new.own_vpc:
        why = "a tenant with data can't change between the cell's VPC and its own in place"
        yield Fault(None, "network.dedicated", why, str(old.own_vpc).lower())


KIND = Kind("network", "Network", NetworkSpec, SILO_OR_POOL, resolve, prices, claims, refusals, demands)
