"""Ways from a VPC to AWS's services that do not leave AWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component
from stacks.policies import document, endpoint

_HTTPS = 443


@dataclass(frozen=True, slots=True)
class Inside:
    """A VPC, whose it is, its range, and the subnets that get an address of each interface endpoint."""

    whose: str
    isolation: Isolation
    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]


def gateway(
    owner: Component,
    service: str,
    isolation: Isolation,
    vpc_id: pulumi.Input[str],
    tables: Sequence[pulumi.Input[str]],
) -> aws.ec2.VpcEndpoint:
    """A way to S3 or DynamoDB that does not leave AWS, for the subnets of these route tables."""
    rules = endpoint.objects if service == "s3" else endpoint.own_stores
    return aws.ec2.VpcEndpoint(
        f"endpoint-{service}",
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{owner.scope.region}.{service}",
        route_table_ids=list(tables),
        policy=document.text(rules(owner.scope.account)),
        tags=owner.scope.labels(isolation, f"endpoint-{service}"),
        opts=owner.child(),
    )


def interfaces(owner: Component, services: Sequence[str], inside: Inside) -> list[aws.ec2.VpcEndpoint]:
    """Endpoints of these services, which take this account's principals only; none where no service is named."""
    if not services:
        return []
    group = _group(owner, inside)
    return [
        aws.ec2.VpcEndpoint(
            f"endpoint-{service}",
            vpc_id=inside.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{owner.scope.region}.{service}",
            subnet_ids=list(inside.subnet_ids),
            security_group_ids=[group.id],
            private_dns_enabled=True,
            policy=document.text(endpoint.own_account(owner.scope.account)),
            tags=owner.scope.labels(inside.isolation, f"endpoint-{service}"),
            opts=owner.child(),
        )
        for service in services
    ]


def _group(owner: Component, inside: Inside) -> aws.ec2.SecurityGroup:
    """Who reaches the endpoints: everything in the VPC, and only through TLS."""
    labels = owner.scope.labels(inside.isolation, "endpoints")
    group = aws.ec2.SecurityGroup(
        "endpoints",
        vpc_id=inside.vpc_id,
        description=f"Interface endpoints of the {inside.whose}",
        tags=labels,
        opts=owner.child(),
    )
    aws.vpc.SecurityGroupIngressRule(
        "endpoints",
        security_group_id=group.id,
        description=f"Everything in the {inside.whose}",
        cidr_ipv4=inside.vpc_cidr,
        ip_protocol="tcp",
        from_port=_HTTPS,
        to_port=_HTTPS,
        tags=labels,
        opts=owner.child(),
    )
    return group
