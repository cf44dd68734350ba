"""What a tenant's workload role may do, who may take it on, and the boundary that it can't leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stacks.policies.document import Document, Statement, allow, deny, document, other_workloads
from stacks.policies.key import USE

_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_DELETE_VERSION = "s3:DeleteObjectVersion"
_BACKUPS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload")
_READ_SECRET = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation")


@dataclass(frozen=True, slots=True)
class Belongings:
    """ARNs of what is a tenant's own; `container` is the first part of all its keys in the data bucket, or nothing.

    `model_bucket` is nothing where there is none.
    """

    data_bucket: str
    backup_bucket: str
    container: str
    key: str
    secrets: Sequence[str]
    log_group: str
    model_bucket: str = ""


@dataclass(frozen=True, slots=True)
class Pods:
    """The tenant's namespace, and ARNs of the clusters that it may be in; none for any cluster of the account."""

    namespace: str
    clusters: Sequence[str] = ()


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
        *_models(own),
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


def _models(own: Belongings) -> list[Statement]:
    """Add and read; delete for good what is locked no longer. To hide a version behind a marker is not among it."""
    if not own.model_bucket:
        return []
    return [
        allow("OwnModels", (*_BACKUPS, _DELETE_VERSION), [f"{own.model_bucket}/*"]),
        allow("OwnModelBucket", _LIST, [own.model_bucket]),
    ]


def trust(account: str, pods: Pods, principals: Sequence[str]) -> Document:
    """Pods of the tenant through EKS Pod Identity, and principals that the environment names.

    EKS sends the tags itself (EKS UserGuide, pod-id-abac); an association that turns them off does not get the role.
    """
    tags: dict[str, Any] = {"aws:SourceAccount": account, "aws:RequestTag/kubernetes-namespace": pods.namespace}
    if pods.clusters:
        tags["aws:RequestTag/eks-cluster-arn"] = list(pods.clusters)
    actions = ["sts:AssumeRole", "sts:TagSession"]
    statements = [_assume("Pods", {"Service": "pods.eks.amazonaws.com"}, actions, {"StringEquals": tags})]
    if principals:
        statements.append(_assume("Named", {"AWS": list(principals)}, ["sts:AssumeRole"], {}))
    return document(*statements)


def service_trust(service: str, account: str) -> Document:
    """An AWS service acting for this account only: a role that others' resources can't borrow."""
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    return document(_assume("Service", {"Service": service}, ["sts:AssumeRole"], mine))


def admin_trust(admins: Sequence[str]) -> Document:
    """People of the environment, with a second factor, and for no longer than an hour since they gave it."""
    factor = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
    }
    return document(_assume("Admins", {"AWS": sorted(admins)}, ["sts:AssumeRole"], factor))


def flow_logs(log_group: str) -> Document:
    """What the flow log service needs to write to a log group."""
    return document(
        allow("WriteFlowLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group}:*"]),
        allow("FindStreams", ["logs:DescribeLogGroups", "logs:DescribeLogStreams"]),
    )


def boundary(account: str, region: str, org: str, environment: str) -> Document:
    """The most that any tenant's role can ever have: tenants' data of this organisation and environment, in one region.

    Keys have no names, so they are held to the account and the region; each key's own policy names its tenant.
    """
    here: dict[str, Any] = {"Condition": {"StringEquals": {"aws:RequestedRegion": region}}}
    prefix = f"{org}-{environment}"
    place = f"{region}:{account}"
    shared = [f"arn:aws:s3:::{prefix}-s*-{role}{inside}" for role in ("audit", "access-logs") for inside in ("", "/*")]
    return document(
        allow("Objects", (*_OBJECTS, _DELETE_VERSION, *_LIST), [f"arn:aws:s3:::{prefix}-t*"], **here),
        allow("Keys", USE, [f"arn:aws:kms:{place}:key/*"], **here),
        allow("Secrets", _READ_SECRET, [f"arn:aws:secretsmanager:{place}:secret:{prefix}-t*"], **here),
        allow("Logs", _WRITE_LOGS, [f"arn:aws:logs:{place}:log-group:/{org}/{environment}/t*"], **here),
        deny(
            "NoIdentities",
            ["iam:*", "organizations:*", "account:*", "sts:AssumeRole", "sts:TagSession"],
        ),
        deny("NoSharedBuckets", ["s3:*"], shared),
    )


def secret(account: str, workloads: str, own_role: str) -> Document:
    """A secret's own policy: no other tenant's workloads, whatever their roles say."""
    others = other_workloads(account, workloads, own_role)
    return document(deny("NoOtherTenant", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=others))


def _assume(sid: str, principal: Statement, actions: Sequence[str], condition: Statement) -> Statement:
    """A statement of a trust policy, which has no resources."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return {**statement, "Condition": condition} if condition else statement
