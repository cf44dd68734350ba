"""What a tenant's workload role may do, who may take it on, and the boundary that it can't leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stacks.policies.document import (
    OWN_MEMBER,
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
from stacks.policies.queue import SEND

_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_DELETE_VERSION = "s3:DeleteObjectVersion"
_BACKUPS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload")
_READ_SECRET = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation")
_DESCRIBE = "kms:DescribeKey"
_OF_PODS = (
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
    "kubernetes-service-account",
)
_ACT = ("sts:AssumeRole", "sts:TagSession")
MOST_LEFT = 400
"""Members that one role's policies can refuse by name: they have 10,240 characters together (IAM UserGuide, quotas)."""


@dataclass(frozen=True, slots=True)
class Models:
    """What is read of a bucket that is shared on purpose: ARNs of bucket and key, names of folders."""

    bucket: str
    key: str
    folders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Belongings:
    """ARNs of what is a tenant's own; the containers are the first part of all its keys in a bucket, or nothing.

    `model_bucket` and `member_role` are nothing where there is none. `context` is what the tenant has to name where it
    shares its key with others, in `region`; nothing where the key is its own. `queues` are not its own: it sends there.
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
    member_role: str = ""
    reads: Models | None = None
    queues: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """What all members of a tenant have their parts of: ARNs of bucket and key, and what their parts' names begin with.

    `folder` is the first part of the keys of members' objects, `secrets` the ARN of a secret up to the member's name.
    `left` are the names of members that get in no more, at most MOST_LEFT.
    """

    bucket: str
    folder: str
    secrets: str
    key: str
    region: str
    left: Sequence[str] = ()


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
        *([allow("OwnMembers", _ACT, [own.member_role])] if own.member_role else []),
        *(_reading(own.reads, own.region) if own.reads else ()),
        *([allow("SharedQueues", [SEND], list(own.queues))] if own.queues else []),
    )


def _reading(models: Models, region: str) -> list[Statement]:
    inside = {"StringLike": {"s3:prefix": [text for name in models.folders for text in (f"{name}/*", name)]}}
    through = {"kms:ViaService": f"s3.{region}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": models.bucket}
    return [
        allow("SharedModels", ["s3:GetObject"], [f"{models.bucket}/{name}/*" for name in models.folders]),
        allow("SharedModelLists", ["s3:ListBucket"], [models.bucket], Condition=inside),
        allow("SharedModelKey", ["kms:Decrypt"], [models.key], Condition={"StringEquals": through}),
    ]


def member_access(own: Membership) -> Document:
    """What the role does for the one member that its session names: own folder, own secret, by way of those the key.

    For those that left it does nothing, nor do their sessions that run already: the trust policy has no room for a list
    of all members, so that the tenant's services can name any.
    """
    part = f"{own.folder}/{OWN_MEMBER}"
    secret = f"{own.secrets}{OWN_MEMBER}-login-??????"
    inside = {"StringLike": {"s3:prefix": [f"{part}/*", part]}}

    def through(service: str, key: str, value: str) -> dict[str, Any]:
        via = {"kms:ViaService": f"{service}.{own.region}.amazonaws.com"}
        return {"StringEquals": via, "StringLike": {f"kms:EncryptionContext:{key}": value}}

    objects, secrets = through("s3", "aws:s3:arn", own.bucket), through("secretsmanager", "SecretARN", secret)
    return document(
        allow("OwnFolder", ["s3:ListBucket"], [own.bucket], Condition=inside),
        allow("OwnObjects", _OBJECTS, [f"{own.bucket}/{part}/*"]),
        allow("OwnSecret", _READ_SECRET, [secret]),
        allow("OwnKeyOfObjects", ["kms:Decrypt", "kms:GenerateDataKey"], [own.key], Condition=objects),
        allow("OwnKeyOfSecrets", ["kms:Decrypt"], [own.key], Condition=secrets),
        *_refused(own.left),
    )


def _refused(left: Sequence[str]) -> list[Statement]:
    if not left:
        return []
    named = {"StringEquals": {"aws:PrincipalTag/member": sorted(left)}}
    return [deny("NobodyWhoLeft", ["*"], Condition=named)]


def member_trust(workload: str) -> Document:
    """The tenant's own services, for one member at a time. No other tag: one called `slug` would stand before ours.

    Session tags override the role's, and their keys are compared without case (IAM UserGuide, id_session-tags). Those
    that EKS gives a pod's session come along (EKS UserGuide, pod-id-abac); no policy of ours goes by them.
    """
    said = {
        "StringLike": {"aws:RequestTag/member": "m????????"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["member", *_OF_PODS]},
    }
    return document(_assume("OwnServices", {"AWS": workload}, _ACT, said))


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
    statements = [_assume("Pods", {"Service": "pods.eks.amazonaws.com"}, _ACT, {"StringEquals": tags})]
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
        allow("FindStreams", ["logs:DescribeLogStreams"], [log_group, f"{log_group}:*"]),
        allow("FindGroups", ["logs:DescribeLogGroups"]),
    )


def boundary(  # noqa: PLR0913 - a policy names all of these
    account: str,
    region: str,
    org: str,
    environment: str,
    shared: Sequence[str] = (),
    models: str = "",
    queues: Sequence[str] = (),
) -> Document:
    """The most that any tenant's role can ever have: tenants' data of this organisation and environment, in one region.

    Keys have no names, so they are held to the account and the region; each key's own policy names its tenant. `shared`
    are names of buckets in which each has a folder: whole ones, for a wildcard before a folder would reach over it.
    `models` is the name of the bucket that all read, nothing where there is none; `queues` are those that all may send
    to.
    """
    here: dict[str, Any] = {"Condition": {"StringEquals": {"aws:RequestedRegion": region}}}
    prefix = f"{org}-{environment}"
    place = f"{region}:{account}"
    records = [f"arn:aws:s3:::{prefix}-s*-{role}{inside}" for role in ("audit", "access-logs") for inside in ("", "/*")]
    buckets = [f"arn:aws:s3:::{name}" for name in shared]
    members = workload_role(account, f"{prefix}-{OWN_SLUG}-member-workload")
    listing = {"StringLike": {"s3:prefix": [f"{OWN_SLUG}/*", OWN_SLUG]}, **here["Condition"]}
    return document(
        allow("Objects", (*_OBJECTS, _DELETE_VERSION, *_LIST), [f"arn:aws:s3:::{prefix}-t*"], **here),
        *_folders_within(buckets, here, listing),
        *_models_within(models, here),
        *([allow("Queues", [SEND], [f"arn:aws:sqs:{place}:{name}" for name in queues], **here)] if queues else []),
        allow("Keys", USE, [f"arn:aws:kms:{place}:key/*"], **here),
        allow("Secrets", _READ_SECRET, [f"arn:aws:secretsmanager:{place}:secret:{prefix}-t*"], **here),
        allow("Logs", _WRITE_LOGS, [f"arn:aws:logs:{place}:log-group:/{org}/{environment}/t*"], **here),
        allow("Members", _ACT, [members]),
        deny("NoIdentities", ["iam:*", "organizations:*", "account:*"]),
        {**_without_resource(deny("NoOthers", _ACT)), "NotResource": [members]},
        deny("NoRecords", ["s3:*"], records),
    )


def _without_resource(statement: Statement) -> Statement:
    return {key: value for key, value in statement.items() if key != "Resource"}


def secret(account: str, workloads: str, own_role: str) -> Document:
    """A secret's own policy: no workloads but the one role's, whatever their roles say."""
    others = other_workloads(account, workloads, [own_role])
    return document(deny("NoOtherTenant", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=others))


def _folders_within(buckets: Sequence[str], here: Mapping[str, Any], listing: Mapping[str, Any]) -> list[Statement]:
    """Own folders of shared buckets, by the tag of the role."""
    if not buckets:
        return []
    return [
        allow("Folders", _OBJECTS, [f"{bucket}/{OWN_SLUG}/*" for bucket in buckets], **here),
        allow("Listings", ["s3:ListBucket"], buckets, Condition=listing),
        allow("Locations", ["s3:GetBucketLocation"], buckets, **here),
    ]


def _models_within(bucket: str, here: Mapping[str, Any]) -> list[Statement]:
    """Reading, of the bucket of models."""
    arn = f"arn:aws:s3:::{bucket}"
    return [allow("Models", ["s3:GetObject", "s3:ListBucket"], [arn, f"{arn}/*"], **here)] if bucket else []


def people(account: str, workloads: str) -> Document:
    """The policy of a secret that people and pipelines log in with: no workload at all, not the tenant's own either."""
    tenants = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    return document(deny("NoWorkload", ["secretsmanager:*"], Principal={"AWS": "*"}, Condition=tenants))


def _assume(sid: str, principal: Statement, actions: Sequence[str], condition: Statement) -> Statement:
    """A statement of a trust policy, which has no resources."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return {**statement, "Condition": condition} if condition else statement
