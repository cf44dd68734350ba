"""Endpoints of a tenant's VPC that this tool made: in an adopted VPC there may be others, which are their owner's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from operations.isolation import subnets
from operations.isolation.ports import Case


def made(case: Case) -> Iterator[Mapping[str, Any]]:
    """As EC2 describes them."""
    asked = [{"Name": "vpc-id", "Values": [subnets.vpc(case)]}]
    for each in case.read("ec2", "DescribeVpcEndpoints", Filters=asked)["VpcEndpoints"]:
        if any(tag["Key"] == "Name" and "-endpoint-" in tag["Value"] for tag in each.get("Tags", ())):
            yield each
