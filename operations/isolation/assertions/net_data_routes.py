"""Data subnets lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from operations.isolation import subnets
from operations.isolation.model import Assertion, Level, Report, Shows, finding, there
from operations.isolation.ports import Case
from stacks.conventions import addressing

ASSERTION = Assertion(
    id="net-data-routes",
    numbers=(82,),
    claim="The tenant's data subnets have no route out of their VPC: no peering, gateway or internet.",
    kind="network",
    level=Level.CONFIG,
    answers=("network.NO_ROUTE_BETWEEN_TENANTS",),
    control="The subnets are there, each with a table that routes within the VPC.",
    remedy="Delete the route; data subnets of this tool only know their VPC and gateway endpoints.",
    shows=Shows(local="the tables are read; no packets flow there", aws="the tables are read"),
)


def check(case: Case) -> Report:
    """Read from the route tables of each data subnet."""
    found = subnets.data(case)
    routes = list(_routes(case, found))
    return Report(
        (
            there("its data subnets", lambda: len(found) == addressing.ZONES),
            there("a way within the VPC", lambda: any(each.get("GatewayId") == "local" for each in routes)),
        ),
        (finding("ways out of the VPC", lambda: sorted(_out(each) for each in routes if not _inner(each))),),
    )


def _routes(case: Case, inside: Collection[str]) -> Iterator[dict[str, Any]]:
    asked = [{"Name": "vpc-id", "Values": [subnets.vpc(case)]}]
    for table in case.read("ec2", "DescribeRouteTables", Filters=asked)["RouteTables"]:
        if any(each.get("SubnetId") in inside for each in table["Associations"]):
            yield from table["Routes"]


def _inner(route: dict[str, Any]) -> bool:
    gateway = str(route.get("GatewayId", ""))
    return gateway == "local" or gateway.startswith("vpce-")


def _out(route: dict[str, Any]) -> str:
    keys = ("GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "TransitGatewayId", "NetworkInterfaceId")
    by = next((str(route[key]) for key in keys if route.get(key)), "unknown")
    return f"{route.get('DestinationCidrBlock', route.get('DestinationPrefixListId', '?'))} by {by}"
