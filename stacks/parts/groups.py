"""Security groups, and rules that let one reach another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component

Rule: TypeAlias = type[aws.vpc.SecurityGroupIngressRule] | type[aws.vpc.SecurityGroupEgressRule]


def group(
    owner: Component, isolation: Isolation, vpc_id: pulumi.Input[str], role: str, description: str
) -> aws.ec2.SecurityGroup:
    """A group without rules."""
    return aws.ec2.SecurityGroup(
        role,
        vpc_id=vpc_id,
        description=description,
        tags=owner.scope.labels(isolation, role),
        opts=owner.child(),
    )


def rule(  # noqa: PLR0913 - a rule has these
    make: Rule,
    owner: Component,
    isolation: Isolation,
    role: str,
    of: aws.ec2.SecurityGroup,
    other: pulumi.Input[str],
    port: int,
    description: str,
) -> pulumi.Output[str]:
    """A rule of a group, into it from another or out of it to another, on one port; its id.

    The description may hold letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*` (EC2 API, SecurityGroupRule).
    """
    made = make(
        role,
        security_group_id=of.id,
        description=description,
        referenced_security_group_id=other,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=owner.scope.labels(isolation, role),
        opts=owner.child(),
    )
    return made.id


def only(
    owner: Component,
    role: str,
    of: aws.ec2.SecurityGroup,
    into: Sequence[pulumi.Input[str]],
    out: Sequence[pulumi.Input[str]],
) -> None:
    """These rules and no others: what somebody adds past this tool is drift."""
    aws.ec2.VpcSecurityGroupRulesExclusive(
        role, security_group_id=of.id, ingress_rule_ids=into, egress_rule_ids=out, opts=owner.child()
    )
