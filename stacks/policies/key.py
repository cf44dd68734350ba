"""Key policies. They name who may use a key; the account only administers it.

A policy that gives everything to the account's root would make every IAM policy in the account part of the boundary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stacks.policies.document import Document, Statement, allow, document

_ADMINISTER = (
    "kms:Describe*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Enable*",
    "kms:Disable*",
    "kms:Revoke*",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
)
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_GRANT = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
_TENANT_SERVICES = ("rds", "elasticache", "secretsmanager", "eks")


def tenant(
    account: str, region: str, deployer: str, log_groups: str, role: str | None, volume_roles: Sequence[str] = ()
) -> Document:
    """A tenant's key: its role uses it; the deployer only through services that hold the tenant's data.

    `role` is the workload role's ARN, None where the tenant is archived: AWS takes no principal that is gone.
    `volume_roles` are ARNs of what makes encrypted disks for its nodes and pods.
    """
    statements = [*_common(account, region, log_groups), *_services(account, region, deployer, _TENANT_SERVICES)]
    if role is not None:
        statements.append(allow("TenantWorkloads", USE, Principal={"AWS": role}))
    return document(*statements, *_volumes(account, region, volume_roles))


def shared(account: str, region: str, deployer: str, log_groups: str, volume_roles: Sequence[str] = ()) -> Document:
    """A cell's key: for its logs, audit records and cluster; the deployer uses it through S3 and EKS."""
    statements = [*_common(account, region, log_groups), *_services(account, region, deployer, ("s3", "eks"))]
    return document(*statements, *_volumes(account, region, volume_roles))


def _volumes(account: str, region: str, roles: Sequence[str]) -> Iterator[Statement]:
    """Disks through EC2. Named by a condition: a role that is not there yet can't be a principal."""
    if not roles:
        return
    who = {"StringEquals": {"kms:CallerAccount": account}, "ArnEquals": {"aws:PrincipalArn": sorted(roles)}}
    yield allow("Volumes", USE, Principal={"AWS": "*"}, Condition=who)
    for_aws = {**who, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    yield allow("VolumeGrants", _GRANT, Principal={"AWS": "*"}, Condition=for_aws)


def _common(account: str, region: str, log_groups: str) -> Iterator[Statement]:
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    yield allow("AccountAdministers", _ADMINISTER, Principal=root)
    groups = f"arn:aws:logs:{region}:{account}:log-group:{log_groups}"
    yield allow(
        "LogGroups",
        USE,
        Principal={"Service": f"logs.{region}.amazonaws.com"},
        Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _services(account: str, region: str, deployer: str, services: Sequence[str]) -> Iterator[Statement]:
    via = {
        "StringEquals": {
            "kms:CallerAccount": account,
            "kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in services],
        }
    }
    yield allow("DeployerThroughServices", USE, Principal={"AWS": deployer}, Condition=via)
    for_aws = {**via, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    yield allow("DeployerGrantsToServices", _GRANT, Principal={"AWS": deployer}, Condition=for_aws)
