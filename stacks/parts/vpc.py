"""Pieces that a cell's VPC and a tenant's own have in common."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component, policy
from stacks.policies import document, workload

# A zone that AWS adds or takes out of service must never move a subnet that is there: it would be replaced.
_KEEP_ZONE = ("availabilityZone",)


def subnets(
    owner: Component,
    role: str,
    isolation: Isolation,
    vpc_id: pulumi.Input[str],
    cidrs: Sequence[str],
    zones: pulumi.Output[Sequence[str]],
) -> list[aws.ec2.Subnet]:
    """One subnet a zone, in the zones' order. None gives out public addresses by itself."""
    return [
        aws.ec2.Subnet(
            f"{role}-{index}",
            vpc_id=vpc_id,
            cidr_block=cidr,
            availability_zone=zones.apply(_nth(index)),
            map_public_ip_on_launch=False,
            tags=owner.scope.labels(isolation, f"{role}-{index}"),
            opts=owner.child(ignore=_KEEP_ZONE),
        )
        for index, cidr in enumerate(cidrs)
    ]


def route_tables(
    owner: Component, role: str, isolation: Isolation, vpc_id: pulumi.Input[str], count: int
) -> list[aws.ec2.RouteTable]:
    """Route tables with no route but the VPC's own."""
    return [
        aws.ec2.RouteTable(
            f"{role}-{index}",
            vpc_id=vpc_id,
            tags=owner.scope.labels(isolation, f"{role}-{index}"),
            opts=owner.child(),
        )
        for index in range(count)
    ]


def associate(
    owner: Component, role: str, subnets: Sequence[aws.ec2.Subnet], tables: Sequence[pulumi.Input[str]]
) -> None:
    """Give each subnet its route table, in order."""
    for index, (subnet, table) in enumerate(zip(subnets, tables, strict=True)):
        aws.ec2.RouteTableAssociation(f"{role}-{index}", subnet_id=subnet.id, route_table_id=table, opts=owner.child())


def log_flows(
    owner: Component, isolation: Isolation, vpc_id: pulumi.Input[str], group: aws.cloudwatch.LogGroup
) -> aws.ec2.FlowLog:
    """Write all accepted and refused flows of a VPC to a log group, through a role that can do nothing else."""
    scope = owner.scope
    role = aws.iam.Role(
        "flow-logs",
        description="Lets VPC flow logs write to one log group",
        assume_role_policy=document.text(workload.service_trust("vpc-flow-logs.amazonaws.com", scope.account)),
        tags=scope.labels(isolation, "flow-logs"),
        opts=owner.child(),
    )
    write = aws.iam.RolePolicy(
        "flow-logs", role=role.name, policy=policy(workload.flow_logs, log_group=group.arn), opts=owner.child()
    )
    return aws.ec2.FlowLog(
        "flow-logs",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags=scope.labels(isolation, "flow-logs"),
        opts=owner.child(after=[write]),
    )


def _nth(index: int):
    def pick(zones: Sequence[str]) -> str:
        return zones[index]

    return pick
