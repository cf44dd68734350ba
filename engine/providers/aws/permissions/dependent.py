"""What AWS asks on behalf of an operation beside the operation's own action: an emulator asks none of it. Data.

Sources: the column "Dependent actions" of the Service Authorization Reference, and where that column is silent the
guide that is named. A test holds the column of each action that we need against both tables here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

_SAR: Final = "Service Authorization Reference"
_EKS: Final = "Amazon EKS User Guide"


@dataclass(frozen=True, slots=True)
class Dependent:
    """An action that AWS asks whoever calls one of `behalf`: why, and by which page."""

    action: str
    behalf: tuple[str, ...]
    why: str
    source: str = _SAR


_CACHES: Final = (
    "elasticache:CreateReplicationGroup",
    "elasticache:DecreaseReplicaCount",
    "elasticache:DeleteCacheSubnetGroup",
    "elasticache:DeleteReplicationGroup",
    "elasticache:IncreaseReplicaCount",
    "elasticache:ModifyReplicationGroup",
)
_UNDER_KEY: Final = (
    "backup:CreateBackupVault",
    "eks:CreateCluster",
    "elasticache:CreateReplicationGroup",
    "rds:CreateDBInstance",
    "rds:ModifyDBInstance",
)

DEPENDENT: Final = (
    Dependent(
        "backup-storage:MountCapsule",
        ("backup:CreateBackupVault",),
        "a vault has storage of its own",
        "AWS Backup Developer Guide, create-a-vault",
    ),
    Dependent(
        "iam:PassRole",
        (
            "backup:CreateBackupSelection",
            "ec2:CreateFlowLogs",
            "eks:CreateAddon",
            "eks:CreateCluster",
            "eks:CreateNodegroup",
            "eks:CreatePodIdentityAssociation",
            "eks:UpdatePodIdentityAssociation",
        ),
        "a role is handed to the service",
    ),
    Dependent(
        "iam:CreateServiceLinkedRole",
        (
            "autoscaling:PutScheduledUpdateGroupAction",
            "eks:CreateCluster",
            "eks:CreateNodegroup",
            "elasticache:CreateReplicationGroup",
            "elasticloadbalancing:CreateLoadBalancer",
            "rds:CreateDBInstance",
        ),
        "the first of its kind in an account makes the service's own role",
        "IAM User Guide, service-linked roles",
    ),
    Dependent("kms:CreateGrant", _UNDER_KEY, "the service works with the tenant's key", "AWS KMS Developer Guide"),
    Dependent(
        "kms:Decrypt",
        (*_UNDER_KEY, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:CreateSecret"),
        "what lies under the tenant's key is read through the service",
        "AWS KMS Developer Guide",
    ),
    Dependent(
        "kms:GenerateDataKey",
        (*_UNDER_KEY, "secretsmanager:PutSecretValue", "secretsmanager:CreateSecret", "secretsmanager:UpdateSecret"),
        "what is written under the tenant's key gets a data key through the service",
        "AWS KMS Developer Guide",
    ),
    Dependent(
        "kms:RetireGrant",
        ("backup:CreateBackupVault",),
        "a vault gives back the grant that it tried its key with",
        "AWS Backup Developer Guide",
    ),
    Dependent("ec2:CreateNetworkInterface", _CACHES, "a cache's nodes stand in the VPC"),
    Dependent("ec2:DeleteNetworkInterface", _CACHES, "a cache's nodes stand in the VPC"),
    Dependent(
        "ec2:RunInstances",
        ("eks:CreateNodegroup", "eks:UpdateNodegroupVersion"),
        "whoever names a launch template must be allowed to launch from it",
        _EKS,
    ),
    Dependent("rds:CreateDBSnapshot", ("rds:DeleteDBInstance",), "the final snapshot"),
    Dependent(
        "s3:PutBucketObjectLockConfiguration",
        ("s3:CreateBucket",),
        "a bucket that is made with object lock",
        "Amazon S3 User Guide, required permissions",
    ),
    Dependent(
        "s3:PutBucketVersioning",
        ("s3:CreateBucket",),
        "a bucket that is made with object lock",
        "Amazon S3 User Guide, required permissions",
    ),
    Dependent(
        "secretsmanager:RotateSecret",
        ("rds:ModifyDBInstance",),
        "a master password that RDS keeps",
        "Amazon RDS User Guide",
    ),
    Dependent(
        "elasticloadbalancing:SetWebAcl", ("wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"), "the balancer's side"
    ),
    Dependent("elasticloadbalancing:CreateWebACLAssociation", ("wafv2:AssociateWebACL",), "the balancer's side"),
    Dependent("elasticloadbalancing:DeleteWebACLAssociation", ("wafv2:DisassociateWebACL",), "the balancer's side"),
    Dependent("elasticloadbalancing:GetLoadBalancerWebACL", ("wafv2:GetWebACLForResource",), "the balancer's side"),
)

_OTHER_HOSTS: Final = "web ACLs are put on load balancers only"
_LIMITS: Final = "asked for quotas that the tool does not ask: its own are counted and listed"

NOT_NEEDED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "amplify:AssociateWebACL",
            "amplify:DisassociateWebACL",
            "amplify:GetWebACLForResource",
            "apigateway:SetWebACL",
            "apprunner:AssociateWebAcl",
            "apprunner:DescribeWebAclForService",
            "apprunner:DisassociateWebAcl",
            "appsync:AssociateWebACL",
            "appsync:DisassociateWebACL",
            "appsync:GetWebACLForResource",
            "appsync:SetWebACL",
            "cognito-idp:AssociateWebACL",
            "cognito-idp:DisassociateWebACL",
            "cognito-idp:GetWebACLForResource",
            "ec2:AssociateVerifiedAccessInstanceWebAcl",
            "ec2:DisassociateVerifiedAccessInstanceWebAcl",
            "ec2:GetVerifiedAccessInstanceWebAcl",
        ),
        _OTHER_HOSTS,
    ),
    **dict.fromkeys(("wafv2:GetPermissionPolicy", "wafv2:PutPermissionPolicy"), "web ACLs of the own account only"),
    **dict.fromkeys(
        (
            "autoscaling:DescribeAccountLimits",
            "cloudformation:DescribeAccountLimits",
            "dynamodb:DescribeLimits",
            "elasticloadbalancing:DescribeAccountLimits",
            "iam:GetAccountSummary",
            "kinesis:DescribeLimits",
            "rds:DescribeAccountAttributes",
            "route53:GetAccountLimit",
        ),
        _LIMITS,
    ),
    **dict.fromkeys(
        (
            "ecs:ListClusters",
            "ecs:ListContainerInstances",
            "ecs:ListServices",
            "ecs:ListTaskDefinitions",
            "ecs:ListTasks",
        ),
        "flow logs with fields of ECS, which ours have not",
    ),
    **dict.fromkeys(
        ("rds:CreateTenantDatabase", "rds:DeleteTenantDatabase"), "Oracle and SQL Server; ours are PostgreSQL"
    ),
    "billing:GetBillingViewData": "budgets of a billing view, which ours have not",
    "organizations:ListAWSServiceAccessForOrganization": "trails of an organisation; ours are an account's",
    "s3:GetObject": "caches that start from a file in S3; ours start empty or from a snapshot",
    "ssm:GetParameters": "launch templates that name an image by parameter; ours name none",
}
"""Dependent actions of the reference that nothing here calls for, and why."""


def of(actions: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Dependent actions of these, each with those on whose behalf it is asked, sorted."""
    found = {each.action: tuple(sorted(set(each.behalf) & set(actions))) for each in DEPENDENT}
    return {action: behalf for action, behalf in sorted(found.items()) if behalf}
