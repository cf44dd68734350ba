"""What a tenant's workload role may do, who may take it on, and the boundary that it can't leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stacks.conventions import naming
from stacks.policies.document import (
    OWN_SLUG,
    Document,
    Statement,
    allow,
    deny,
    document,
    other_workloads,
    workload_role,
)
from stacks.policies.key import USE

_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_DELETE_VERSION = "s3:DeleteObjectVersion"
_BACKUPS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload")
_READ_SECRET = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation")
_DESCRIBE = "kms:DescribeKey"


@dataclass(frozen=True, slots=True)
class Belongings:
    """ARNs of what is a tenant's own; the containers are the first part of all its keys in a bucket, or nothing.

    `model_bucket` is nothing where there is none. `context` is what the tenant has to name where it shares its key with
    others, in `region`; nothing where the key is its own.
    """

    data_bucket: str
    backup_bucket: str
    container: str
    key: str
    secrets: Sequence[str]
    log_group: str
    model_bucket: str = ""
    backup_container: str = ""
    context: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Pods:
    """The tenant's namespace, and ARNs of the clusters that it may be in; none for any cluster of the account."""

    namespace: str
    clusters: Sequence[str] = ()


def access(own: Belongings) -> Document:
    """Own objects, key, secrets and logs; nothing is named by a pattern that another tenant's could fit."""
    return document(
        *_listing(own),
        allow("OwnObjects", _OBJECTS, [_inside(own.data_bucket, own.container)]),
        allow("OwnBackups", _BACKUPS, [_inside(own.backup_bucket, own.backup_container)]),
        *_models(own),
        *_key(own),
        allow("OwnSecrets", _READ_SECRET, list(own.secrets)),
        allow("OwnLogs", _WRITE_LOGS, [own.log_group, f"{own.log_group}:*"]),
    )


def _inside(bucket: str, container: str) -> str:
    return f"{bucket}/{container}/*" if container else f"{bucket}/*"


def _listing(own: Belongings) -> list[Statement]:
    whole = [bucket for bucket, container in _folders(own) if not container]
    statements = [allow("OwnBuckets", _LIST, whole)] if whole else []
    for sid, (bucket, container) in zip(("OwnContainer", "OwnBackupContainer"), _folders(own), strict=True):
        if container:
            inside = {"StringLike": {"s3:prefix": [f"{container}/*", container]}}
            statements.append(allow(sid, ["s3:ListBucket"], [bucket], Condition=inside))
    places = [bucket for bucket, container in _folders(own) if container]
    return [*statements, *([allow("OwnLocation", ["s3:GetBucketLocation"], places)] if places else [])]


def _folders(own: Belongings) -> tuple[tuple[str, str], tuple[str, str]]:
    return (own.data_bucket, own.container), (own.backup_bucket, own.backup_container)


def _key(own: Belongings) -> list[Statement]:
    """An own key for everything. A shared one for what names the tenant, its secrets, and objects by way of S3.

    S3 encrypts under its bucket's key in the context of the bucket, and Secrets Manager in that of the secret (S3
    UserGuide, bucket-key; Secrets Manager UserGuide, security-encryption).
    """
    if not own.context:
        return [allow("OwnKey", USE, [own.key])]

    def through(service: str, key: str, values: Sequence[str]) -> dict[str, Any]:
        said = {"kms:ViaService": f"{service}.{own.region}.amazonaws.com", f"kms:EncryptionContext:{key}": list(values)}
        return {"StringEquals": said}

    named = {"StringEquals": {"kms:EncryptionContext:tenant": own.context}}
    objects = through("s3", "aws:s3:arn", [own.data_bucket, own.backup_bucket])
    secrets = through("secretsmanager", "SecretARN", own.secrets)
    return [
        allow("OwnContext", [action for action in USE if action != _DESCRIBE], [own.key], Condition=named),
        allow("OwnKeyOfObjects", ["kms:Decrypt", "kms:GenerateDataKey"], [own.key], Condition=objects),
        allow("OwnKeyOfSecrets", ["kms:Decrypt"], [own.key], Condition=secrets),
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
    records = [f"arn:aws:s3:::{prefix}-s*-{role}{inside}" for role in ("audit", "access-logs") for inside in ("", "/*")]
    # a `*` would go on past the bucket's name: into a key that has `-objects/<slug>/` in another tenant's folder
    cell = naming.SHARED_SLUG_PATTERN
    shared = [f"arn:aws:s3:::{prefix}-{cell}-{role}" for role in ("objects", "backups")]
    listing = {"StringLike": {"s3:prefix": [f"{OWN_SLUG}/*", OWN_SLUG]}, **here["Condition"]}
    return document(
        allow("Objects", (*_OBJECTS, _DELETE_VERSION, *_LIST), [f"arn:aws:s3:::{prefix}-t*"], **here),
        allow("Folders", _OBJECTS, [f"{bucket}/{OWN_SLUG}/*" for bucket in shared], **here),
        allow("Listings", ["s3:ListBucket"], shared, Condition=listing),
        allow("Locations", ["s3:GetBucketLocation"], shared, **here),
        allow("Keys", USE, [f"arn:aws:kms:{place}:key/*"], **here),
        allow("Secrets", _READ_SECRET, [f"arn:aws:secretsmanager:{place}:secret:{prefix}-t*"], **here),
        allow("Logs", _WRITE_LOGS, [f"arn:aws:logs:{place}:log-group:/{org}/{environment}/t*"], **here),
        deny(
            "NoIdentities",
            ["iam:*", "organizations:*", "account:*", "sts:AssumeRole", "sts:TagSession"],
        ),
        deny("NoRecords", ["s3:*"], records),
    )


def secret(account: str, workloads: str, own_role: str) -> Document:
    """A secret's own policy: no other tenant's workloads, whatever their roles say."""
    others = other_workloads(account, workloads, own_role)
    return document(deny("NoOtherTenant", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=others))


def people(account: str, workloads: str) -> Document:
    """The policy of a secret that people and pipelines log in with: no workload at all, not the tenant's own either."""
    tenants = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    return document(deny("NoWorkload", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=tenants))


def _assume(sid: str, principal: Statement, actions: Sequence[str], condition: Statement) -> Statement:
    """A statement of a trust policy, which has no resources."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return {**statement, "Condition": condition} if condition else statement
