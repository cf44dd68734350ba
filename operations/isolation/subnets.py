"""A tenant's VPC and data subnets, as EC2 knows them."""

from __future__ import annotations

from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.network.spec import NetworkSpec


def vpc(case: Case) -> str:
    """The VPC that the tenant's workloads are in, and its data."""
    own = case.a.outputs["securityGroups"]["workloads"]
    return str(case.read("ec2", "DescribeSecurityGroups", GroupIds=[own])["SecurityGroups"][0]["VpcId"])


def data(case: Case) -> tuple[str, ...]:
    """Ids of the data subnets, sorted: its own are known by their ranges, the cell's by the server that is in them."""
    if not case.a.blueprint.of(NetworkSpec).data_cidrs:
        name = case.a.blueprint.of(DatabaseSpec).identifier
        server = case.read("rds", "DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"][0]
        return tuple(sorted(each["SubnetIdentifier"] for each in server["DBSubnetGroup"]["Subnets"]))
    ranges = list(case.a.blueprint.of(NetworkSpec).data_cidrs)
    asked = [{"Name": "vpc-id", "Values": [vpc(case)]}, {"Name": "cidr-block", "Values": ranges}]
    return tuple(sorted(each["SubnetId"] for each in case.read("ec2", "DescribeSubnets", Filters=asked)["Subnets"]))
