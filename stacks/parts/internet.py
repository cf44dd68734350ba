"""How a VPC that we make reaches the internet: public subnets, and NAT gateways in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts import vpc
from stacks.parts.scope import Component


@dataclass(frozen=True, slots=True)
class Outside:
    """Public subnets by zone, and the gateway that their route table leads to."""

    subnets: Sequence[aws.ec2.Subnet]
    gateway: aws.ec2.InternetGateway


def public(
    owner: Component,
    isolation: Isolation,
    vpc_id: pulumi.Output[str],
    cidrs: Sequence[str],
    zones: pulumi.Output[Sequence[str]],
) -> Outside:
    """Subnets that reach the internet, and are reached from it where something in them has a public address."""
    subnets = vpc.subnets(owner, "public", isolation, vpc_id, cidrs, zones)
    labels = owner.scope.labels(isolation, "internet")
    gateway = aws.ec2.InternetGateway("internet", vpc_id=vpc_id, tags=labels, opts=owner.child())
    (table,) = vpc.route_tables(owner, "public", isolation, vpc_id, 1)
    _default_route(owner, "public", table, gateway_id=gateway.id)
    vpc.associate(owner, "public", subnets, [table.id] * len(subnets))
    return Outside(subnets, gateway)


def nat(
    owner: Component, isolation: Isolation, count: int, outside: Outside, tables: Sequence[aws.ec2.RouteTable]
) -> None:
    """This many gateways, and a default route for each private route table; zones without one go through the first."""
    gateways = [_nat_gateway(owner, isolation, index, outside) for index in range(count)]
    for index, table in enumerate(tables):
        if gateways:
            gateway = gateways[index % len(gateways)]
            _default_route(owner, f"private-{index}", table, nat_gateway_id=gateway.id)


def _nat_gateway(owner: Component, isolation: Isolation, index: int, outside: Outside) -> aws.ec2.NatGateway:
    labels = owner.scope.labels(isolation, f"nat-{index}")
    after = [outside.gateway]
    address = aws.ec2.Eip(f"nat-{index}", domain="vpc", tags=labels, opts=owner.child(after=after))
    return aws.ec2.NatGateway(
        f"nat-{index}",
        allocation_id=address.allocation_id,
        subnet_id=outside.subnets[index].id,
        tags=labels,
        opts=owner.child(after=after),
    )


def _default_route(owner: Component, name: str, table: aws.ec2.RouteTable, **target: pulumi.Output[str]) -> None:
    aws.ec2.Route(
        name,
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=target.get("gateway_id"),
        nat_gateway_id=target.get("nat_gateway_id"),
        opts=owner.child(),
    )
