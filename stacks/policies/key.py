"""Key policies. They name who may use a key; the account only administers it.

A policy that gives everything to the account's root would make every IAM policy in the account part of the boundary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stacks.policies.document import OWN_SLUG, Document, Statement, allow, deny, document, workload_role

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
_DELIVER = ("kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey")
_WATCHERS = ("budgets.amazonaws.com", "cloudtrail.amazonaws.com", "cloudwatch.amazonaws.com")
"""Services that write records or send messages under a cell's key."""
_TENANT_SERVICES = ("rds", "elasticache", "secretsmanager", "eks", "backup")


def tenant(  # noqa: PLR0913 - a policy names all of these
    account: str,
    region: str,
    deployer: str,
    log_groups: str,
    role: str | None,
    service_roles: Sequence[str] = (),
    member_role: str | None = None,
) -> Document:
    """A tenant's key: its role uses it; the deployer only through services that hold the tenant's data.

    `role` is the workload role's ARN, None where the tenant is archived: AWS takes no principal that is gone.
    `member_role` is that of its members, who reach objects and secrets under it and nothing else, None without members.
    `service_roles` are ARNs of what makes encrypted disks for its nodes and pods, and backs up what it has.
    """
    statements = [*_common(account, region, log_groups), *_services(account, region, deployer, _TENANT_SERVICES)]
    if role is not None:
        statements.append(allow("TenantWorkloads", USE, Principal={"AWS": role}))
    if member_role is not None:
        via = {"kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in ("s3", "secretsmanager")]}
        statements.append(
            allow("TenantMembers", _DELIVER, Principal={"AWS": member_role}, Condition={"StringEquals": via})
        )
    return document(*statements, *_by_role(account, service_roles))


def shared(account: str, region: str, deployer: str, log_groups: str, service_roles: Sequence[str] = ()) -> Document:
    """A cell's key: for its logs, records, alarms, backups and cluster; the deployer uses it through those services."""
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    return document(
        *_common(account, region, log_groups),
        *_services(account, region, deployer, ("s3", "eks", "backup")),
        allow("Watchers", _DELIVER, Principal={"Service": list(_WATCHERS)}, Condition=mine),
        *_by_role(account, service_roles),
    )


def data(  # noqa: PLR0913 - a policy names all of these
    account: str,
    region: str,
    deployer: str,
    log_groups: str,
    workloads: str,
    service_roles: Sequence[str] = (),
    publishers: Sequence[str] = (),
) -> Document:
    """The key that a cell's tenants share: each role's own policy says in which contexts it uses it.

    `workloads` is the pattern of all tenants' role names, `publishers` are ARNs of roles that put objects for all of
    them. Whatever a role's policy says, it never works in the context
    of another tenant.
    """
    ours, roles = {"AWS": f"arn:aws:iam::{account}:root"}, {"aws:PrincipalArn": workload_role(account, workloads)}
    context = "kms:EncryptionContext:tenant"
    others = {"ArnLike": roles, "StringNotEquals": {context: OWN_SLUG}, "Null": {context: "false"}}
    return document(
        *_common(account, region, log_groups),
        *_services(account, region, deployer, _TENANT_SERVICES),
        allow("WorkloadsByTheirPolicies", USE, Principal=ours, Condition={"ArnLike": roles}),
        deny("NoOtherContext", USE, Principal={"AWS": "*"}, Condition=others),
        *_publishing(account, region, publishers),
        *_by_role(account, service_roles),
    )


def _publishing(account: str, region: str, publishers: Sequence[str]) -> Iterator[Statement]:
    """Through S3, where a bucket's policy says that they may write."""
    if publishers:
        who = {"kms:CallerAccount": account, "kms:ViaService": f"s3.{region}.amazonaws.com"}
        condition = {"StringEquals": who, "ArnEquals": {"aws:PrincipalArn": sorted(publishers)}}
        yield allow("Publishers", ["kms:Decrypt", "kms:GenerateDataKey"], Principal={"AWS": "*"}, Condition=condition)


def copies(account: str, region: str, role: str) -> Document:
    """The key of copies in another region: the account administers it, AWS Backup works with it.

    Databases are copied by RDS, on behalf of the role that backs up, an ARN.
    """
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    via = {"StringEquals": {"kms:CallerAccount": account, "kms:ViaService": [f"backup.{region}.amazonaws.com"]}}
    return document(
        allow("AccountAdministers", _ADMINISTER, Principal=root),
        allow("Backups", (*USE, *_GRANT), Principal={"AWS": "*"}, Condition=via),
        *_by_role(account, [role]),
    )


def _by_role(account: str, roles: Sequence[str]) -> Iterator[Statement]:
    """Roles of services. Named by a condition: a role that is not there yet can't be a principal."""
    if not roles:
        return
    who = {"StringEquals": {"kms:CallerAccount": account}, "ArnEquals": {"aws:PrincipalArn": sorted(roles)}}
    yield allow("Services", USE, Principal={"AWS": "*"}, Condition=who)
    for_aws = {**who, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    yield allow("ServiceGrants", _GRANT, Principal={"AWS": "*"}, Condition=for_aws)


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
