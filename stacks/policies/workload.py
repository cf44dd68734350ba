"""What a tenant's workload role may do, who may take it on, and the boundary that it can't leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stacks.policies.document import Document, Statement, allow, deny, document, other_workloads
from stacks.policies.key import USE

_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_BACKUPS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload")
_READ_SECRET = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation")


@dataclass(frozen=True, slots=True)
class Belongings:
    """ARNs of what is a tenant's own; `container` is the first part of all its keys in the data bucket, or nothing."""

    data_bucket: str
    backup_bucket: str
    container: str
    key: str
    secrets: Sequence[str]
    log_group: str


def access(own: Belongings) -> Document:
    """Own objects, key, secrets and logs; nothing is named by a pattern that another tenant's could fit."""
    return document(
        *_listing(own),
        allow(
            "OwnObjects",
            _OBJECTS,
            [f"{own.data_bucket}/{own.container}/*" if own.container else f"{own.data_bucket}/*"],
        ),
        allow("OwnBackups", _BACKUPS, [f"{own.backup_bucket}/*"]),
        allow("OwnKey", USE, [own.key]),
        allow("OwnSecrets", _READ_SECRET, list(own.secrets)),
        allow("OwnLogs", _WRITE_LOGS, [own.log_group, f"{own.log_group}:*"]),
    )


def _listing(own: Belongings) -> list[Statement]:
    if not own.container:
        return [allow("OwnBuckets", _LIST, [own.data_bucket, own.backup_bucket])]
    inside = {"StringLike": {"s3:prefix": [f"{own.container}/*", own.container]}}
    return [
        allow("OwnBuckets", _LIST, [own.backup_bucket]),
        allow("OwnContainer", ["s3:ListBucket"], [own.data_bucket], Condition=inside),
        allow("OwnLocation", ["s3:GetBucketLocation"], [own.data_bucket]),
    ]


def trust(account: str, namespace: str, principals: Sequence[str]) -> Document:
    """Pods of the tenant's namespace through EKS Pod Identity, and principals that the environment names."""
    pods: dict[str, Any] = {
        "StringEquals": {"aws:SourceAccount": account, "aws:RequestTag/kubernetes-namespace": namespace}
    }
    statements = [_assume("Pods", {"Service": "pods.eks.amazonaws.com"}, ["sts:AssumeRole", "sts:TagSession"], pods)]
    if principals:
        statements.append(_assume("Named", {"AWS": list(principals)}, ["sts:AssumeRole"], {}))
    return document(*statements)


def service_trust(service: str, account: str) -> Document:
    """An AWS service acting for this account only: a role that others' resources can't borrow."""
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    return document(_assume("Service", {"Service": service}, ["sts:AssumeRole"], mine))


def flow_logs(log_group: str) -> Document:
    """What the flow log service needs to write to a log group."""
    return document(
        allow("WriteFlowLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group}:*"]),
        allow("FindStreams", ["logs:DescribeLogGroups", "logs:DescribeLogStreams"]),
    )


def boundary(account: str, region: str, prefix: str) -> Document:
    """The most that any tenant's role can ever have: data of this organisation and environment, in one region."""
    here = {"StringEquals": {"aws:RequestedRegion": region}}
    data = (*_OBJECTS, "s3:ListBucket", "s3:GetBucketLocation", *USE, *_READ_SECRET, *_WRITE_LOGS)
    return document(
        allow("DataInTheRegion", data, Condition=here),
        deny(
            "NoIdentities",
            ["iam:*", "organizations:*", "account:*", "sts:AssumeRole", "sts:TagSession"],
        ),
        deny("NoSharedBuckets", ["s3:*"], [f"arn:aws:s3:::{prefix}-s*-audit", f"arn:aws:s3:::{prefix}-s*-audit/*"]),
    )


def secret(account: str, workloads: str, own_role: str) -> Document:
    """A secret's own policy: no other tenant's workloads, whatever their roles say."""
    others = other_workloads(account, workloads, own_role)
    return document(deny("NoOtherTenant", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=others))


def _assume(sid: str, principal: Statement, actions: Sequence[str], condition: Statement) -> Statement:
    """A statement of a trust policy, which has no resources."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return {**statement, "Condition": condition} if condition else statement
