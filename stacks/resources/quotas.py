"""Quotas of an account that a stack uses up, and how many of each Pulumi type count against them.

Codes and defaults are those of Service Quotas, as each service's "endpoints and quotas" page gives them. What is not
here is either far away for any tenant (2,500 security groups) or bound by the cell's own capacity (subnets of a VPC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from stacks.inputs import machines

EVERYWHERE = "us-east-1"
"""Where quotas of a whole account are kept."""


Inputs: TypeAlias = Mapping[str, Any]


def _one(_: Inputs) -> int:
    return 1


def _input(name: str) -> Callable[[Inputs], int]:
    return lambda inputs: int(inputs.get(name) or 0)


def _vcpus(letters: str, *, spot: bool) -> Callable[[Inputs], int]:
    """vCPUs of a node group at its largest, where it is of these families and bought this way."""

    def count(inputs: Inputs) -> int:
        types = [machines.machine(each) for each in inputs.get("instanceTypes") or ()]
        largest = max(types, key=lambda each: each.vcpus, default=None)
        if largest is None or largest.family[0] not in letters or (inputs.get("capacityType") == "SPOT") != spot:
            return 0
        return largest.vcpus * int(inputs["scalingConfig"]["maxSize"])

    return count


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota: what Service Quotas calls it, and the resources that count.

    `type` is the Pulumi type that counts, and `count` says from a resource's inputs for how much. `whole` says that it
    is one for all regions of the account.
    """

    key: str
    title: str
    service: str
    code: str
    default: int
    type: str
    count: Callable[[Inputs], int] = _one
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """How much of a quota a stack uses up, by the quota's key."""

    quota: str
    amount: int


DATABASES = "rds.instances"
DATABASE_STORAGE = "rds.storage"
CACHE_NODES = "elasticache.nodes"
VPCS = "vpc.vpcs"
ADDRESSES = "ec2.elastic_ips"
ROLES = "iam.roles"
POLICIES = "iam.policies"
BUCKETS = "s3.buckets"
KEYS = "kms.keys"
CLUSTERS = "eks.clusters"
USAGE_PLANS = "apigateway.usage_plans"
NODE_GROUPS = "eks.node_groups"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_STANDARD, _G, _P = "acdhimrtz", "g", "p"
_VCPUS = {letter: letters for letters in (_STANDARD, _G, _P) for letter in letters}
_VCPU_QUOTAS = {
    (_STANDARD, False): ("ec2.standard_vcpus", "vCPUs of standard instances", "L-1216C47A", 5),
    (_STANDARD, True): ("ec2.standard_spot_vcpus", "vCPUs of standard spot instances", "L-34B43A08", 5),
    (_G, False): ("ec2.g_vcpus", "vCPUs of G instances", "L-DB2E81BA", 0),
    (_G, True): ("ec2.g_spot_vcpus", "vCPUs of G spot instances", "L-3819A6DF", 0),
    (_P, False): ("ec2.p_vcpus", "vCPUs of P instances", "L-417A185B", 0),
    (_P, True): ("ec2.p_spot_vcpus", "vCPUs of P spot instances", "L-7212CCBC", 0),
}
VCPUS = tuple(key for key, *_ in _VCPU_QUOTAS.values())
"""All that count vCPUs."""


def vcpus_of(family: str, *, spot: bool) -> str:
    """The quota that vCPUs of an instance family count against."""
    return _VCPU_QUOTAS[_VCPUS[family[0]], spot][0]


def _of_vcpus() -> tuple[Quota, ...]:
    return tuple(
        Quota(key, title, "ec2", code, default, _NODE_GROUP, count=_vcpus(letters, spot=spot))
        for (letters, spot), (key, title, code, default) in _VCPU_QUOTAS.items()
    )


QUOTAS = {
    quota.key: quota
    for quota in (
        Quota(DATABASES, "DB instances", "rds", "L-7B6409FD", 40, "aws:rds/instance:Instance"),
        Quota(
            DATABASE_STORAGE,
            "GB of storage of all DB instances",
            "rds",
            "L-7ADDB58A",
            100_000,
            "aws:rds/instance:Instance",
            count=_input("allocatedStorage"),
        ),
        Quota(
            CACHE_NODES,
            "cache nodes",
            "elasticache",
            "L-DFE45DF3",
            300,
            "aws:elasticache/replicationGroup:ReplicationGroup",
            count=_input("numCacheClusters"),
        ),
        Quota(VPCS, "VPCs", "vpc", "L-F678F1CE", 5, "aws:ec2/vpc:Vpc"),
        Quota(ADDRESSES, "Elastic IP addresses", "ec2", "L-0263D0A3", 5, "aws:ec2/eip:Eip"),
        Quota(ROLES, "IAM roles", "iam", "L-FE177D64", 1000, "aws:iam/role:Role", whole=True),
        Quota(POLICIES, "customer managed policies", "iam", "L-E95E4862", 1500, "aws:iam/policy:Policy", whole=True),
        Quota(BUCKETS, "S3 buckets", "s3", "L-DC2B2D3D", 10_000, "aws:s3/bucket:Bucket", whole=True),
        Quota(KEYS, "KMS keys", "kms", "L-C2F1777E", 100_000, "aws:kms/key:Key"),
        Quota(CLUSTERS, "EKS clusters", "eks", "L-1194D53C", 100, "aws:eks/cluster:Cluster"),
        Quota(NODE_GROUPS, "node groups of one cluster", "eks", "L-6D54EA21", 30, _NODE_GROUP),
        # API keys, 10,000 in a region and not adjustable, are bound by the plans: each tenant has one of each
        Quota(USAGE_PLANS, "usage plans", "apigateway", "L-E8693075", 300, "aws:apigateway/usagePlan:UsagePlan"),
        *_of_vcpus(),
    )
}
"""All of them, by key."""
