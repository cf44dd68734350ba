"""What is put into no group is in the default one, which lets its own in."""

from __future__ import annotations

from operations.isolation import subnets
from operations.isolation.model import Assertion, Level, Party, Report, Shows, finding, there
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="net-default-group",
    numbers=(83,),
    claim="Nothing in the tenant's data subnets is in the default security group; its database is in its own alone.",
    kind="network",
    level=Level.CONFIG,
    answers=("network.NEIGHBOURS_CANNOT_REACH_DATA_PORTS",),
    control="The tenant's own group is in that VPC.",
    remedy="Put it into the group of its tenant, and out of the default one: `tenant apply TENANT --refresh`.",
    shows=Shows(local="the records are read; no packets flow there", aws="the records are read"),
)


def applies(a: Party, b: Party | None) -> bool:
    """Where it has a database of its own."""
    return a.blueprint.of(DatabaseSpec).plan is not None


def check(case: Case) -> Report:
    """Read from the VPC that the tenant's data group is in, its interfaces, and the database."""
    own = case.a.outputs["securityGroups"]["data"]
    vpc = subnets.vpc(case)
    asked = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    default = case.read("ec2", "DescribeSecurityGroups", Filters=asked)["SecurityGroups"][0]["GroupId"]
    return Report(
        (there("its VPC", lambda: bool(vpc)),),
        (
            finding("interfaces in the default group", lambda: _interfaces(case, default)),
            finding("other groups of its database", lambda: sorted(_groups(case) - {own})),
        ),
    )


def _interfaces(case: Case, group: str) -> list[str]:
    asked = [{"Name": "group-id", "Values": [group]}, {"Name": "subnet-id", "Values": list(subnets.data(case))}]
    found = case.read("ec2", "DescribeNetworkInterfaces", Filters=asked)["NetworkInterfaces"]
    return sorted(each["NetworkInterfaceId"] for each in found)


def _groups(case: Case) -> set[str]:
    name = case.a.blueprint.of(DatabaseSpec).identifier
    found = case.read("rds", "DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"][0]
    return {each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"]}
