"""A tenant's VPC and data subnets, as EC2 knows them."""

from __future__ import annotations

from operations.isolation.ports import Case
from stacks.resources.network.spec import NetworkSpec


def vpc(case: Case) -> str:
    """The VPC that the tenant's data group is in."""
    own = case.a.outputs["securityGroups"]["data"]
    return str(case.read("ec2", "DescribeSecurityGroups", GroupIds=[own])["SecurityGroups"][0]["VpcId"])


def data(case: Case) -> tuple[str, ...]:
    """Ids of the data subnets, sorted; a subnet is known by its range."""
    ranges = list(case.a.blueprint.of(NetworkSpec).data_cidrs)
    asked = [{"Name": "vpc-id", "Values": [vpc(case)]}, {"Name": "cidr-block", "Values": ranges}]
    return tuple(sorted(each["SubnetId"] for each in case.read("ec2", "DescribeSubnets", Filters=asked)["Subnets"]))
