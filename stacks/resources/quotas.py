"""Quotas of an account that a stack uses up, and how many of each Pulumi type count against them.

Codes and defaults are those of Service Quotas, as each service's "endpoints and quotas" page gives them. What is not
here is either far away for any tenant (2,500 security groups) or bound by the cell's own capacity (subnets of a VPC).
"""

from __future__ import annotations

from dataclasses import dataclass

EVERYWHERE = "us-east-1"
"""Where quotas of a whole account are kept."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota: what Service Quotas calls it, and the resources that count.

    `type` is the Pulumi type that counts; `measure` the input that says how much, where it is not one each. `whole`
    says that it is one for all regions of the account.
    """

    key: str
    title: str
    service: str
    code: str
    default: int
    type: str
    measure: str = ""
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
            measure="allocatedStorage",
        ),
        Quota(
            CACHE_NODES,
            "cache nodes",
            "elasticache",
            "L-DFE45DF3",
            300,
            "aws:elasticache/replicationGroup:ReplicationGroup",
            measure="numCacheClusters",
        ),
        Quota(VPCS, "VPCs", "vpc", "L-F678F1CE", 5, "aws:ec2/vpc:Vpc"),
        Quota(ADDRESSES, "Elastic IP addresses", "ec2", "L-0263D0A3", 5, "aws:ec2/eip:Eip"),
        Quota(ROLES, "IAM roles", "iam", "L-FE177D64", 1000, "aws:iam/role:Role", whole=True),
        Quota(POLICIES, "customer managed policies", "iam", "L-E95E4862", 1500, "aws:iam/policy:Policy", whole=True),
        Quota(BUCKETS, "S3 buckets", "s3", "L-DC2B2D3D", 10_000, "aws:s3/bucket:Bucket", whole=True),
        Quota(KEYS, "KMS keys", "kms", "L-C2F1777E", 100_000, "aws:kms/key:Key"),
    )
}
"""All of them, by key."""
