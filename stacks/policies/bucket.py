"""Bucket policies: only through TLS, only under the one key, never another tenant's workloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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

EVERYONE = {"AWS": "*"}
_ENCRYPTION = "s3:x-amz-server-side-encryption"
_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


_BYPASS = "s3:BypassGovernanceRetention"
_SHORTEN = (_BYPASS, "s3:DeleteObjectVersion")
_OBJECT_ACTIONS = ("s3:*Object*", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_WRITING = ("s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:RestoreObject")
_LISTING = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
_RULES = (
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutLifecycleConfiguration",
)


@dataclass(frozen=True, slots=True)
class Keepers:
    """ARNs of the deployer, and of the role that is only taken on in an emergency, empty where there is none."""

    deployer: str
    break_glass: str

    @property
    def records(self) -> tuple[str, ...]:
        """Who may delete records before their time."""
        return (self.break_glass,) if self.break_glass else ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Who may change what protects the records."""
        return (self.deployer, *self.records)


def _except(principals: Sequence[str]) -> dict[str, Any]:
    """A condition that holds for everyone but these; none where there is nobody to except."""
    return {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": list(principals)}}} if principals else {}


def _all(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def tls_only(bucket: str) -> Statement:
    """Nothing in clear."""
    return deny(
        "TlsOnly", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition={"Bool": {"aws:SecureTransport": "false"}}
    )


def key_only(bucket: str, key: str, besides: str = "") -> tuple[Statement, ...]:
    """No object under another key or another kind of encryption, but what the service `besides` writes.

    A request that names no encryption at all gets the bucket's default, which is the key. One that asks for `aws:kms`
    and names no key does not: S3 takes the account's `aws/s3` key for it, so it is refused (S3 UserGuide,
    UsingKMSEncryption).
    """
    objects = [f"arn:aws:s3:::{bucket}/*"]
    service = {"aws:PrincipalServiceName": besides} if besides else {}
    kind = {"StringNotEquals": {_ENCRYPTION: "aws:kms", **service}, "Null": {_ENCRYPTION: "false"}}
    other = {"StringNotEquals": {_KEY: key}, "Null": {_KEY: "false"}}
    unnamed = {"StringEquals": {_ENCRYPTION: "aws:kms"}, "Null": {_KEY: "true"}}
    return (
        deny("KmsOnly", ["s3:PutObject"], objects, Principal=EVERYONE, Condition=kind),
        deny("OwnKeyOnly", ["s3:PutObject"], objects, Principal=EVERYONE, Condition=other),
        deny("NamedKeyOnly", ["s3:PutObject"], objects, Principal=EVERYONE, Condition=unnamed),
    )


def tenant(bucket: str, key: str, account: str, workloads: str, own_roles: Sequence[str]) -> Document:
    """A tenant's bucket. `workloads` is the pattern of all tenants' role names."""
    others = other_workloads(account, workloads, own_roles)
    return document(
        tls_only(bucket),
        *key_only(bucket, key),
        deny("NoOtherTenant", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition=others),
    )


def folders(bucket: str, account: str, workloads: str) -> Document:
    """A bucket that tenants share: each of their roles within the folder that is called like its own tag says.

    Under which key an object lies is its tenant's choice: the bucket's, or its own.
    """
    roles = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    inside = {"StringNotLike": {"s3:prefix": [f"{OWN_SLUG}/*", OWN_SLUG]}}
    kind = {"StringNotEquals": {_ENCRYPTION: "aws:kms"}, "Null": {_ENCRYPTION: "false"}}
    elsewhere = deny("OwnFolderOnly", _OBJECT_ACTIONS, Principal=EVERYONE, Condition=roles)
    del elsewhere["Resource"]
    return document(
        tls_only(bucket),
        deny("KmsOnly", ["s3:PutObject"], [f"arn:aws:s3:::{bucket}/*"], Principal=EVERYONE, Condition=kind),
        {**elsewhere, "NotResource": [f"arn:aws:s3:::{bucket}/{OWN_SLUG}/*"]},
        deny("OwnListingOnly", _LISTING, [f"arn:aws:s3:::{bucket}"], Principal=EVERYONE, Condition={**roles, **inside}),
    )


def published(bucket: str, key: str, account: str, workloads: str, publishers: Sequence[str]) -> Document:
    """A bucket that tenants read and only publishers fill: what each may read, its own role says."""
    roles = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    reading = deny("TenantsOnlyRead", [], _all(bucket), Principal=EVERYONE, Condition=roles)
    del reading["Action"]
    return document(
        tls_only(bucket),
        *key_only(bucket, key),
        {**reading, "NotAction": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]},
        deny("OnlyPublishersWrite", _WRITING, _all(bucket), Principal=EVERYONE, **_except(publishers)),
    )


def models(  # noqa: PLR0913 - a policy names all of these
    bucket: str,
    key: str,
    account: str,
    workloads: str,
    own_roles: Sequence[str],
    *,
    keepers: Keepers,
    purged: bool = False,
) -> Document:
    """A tenant's bucket whose locks nobody gets around but the break-glass role, and the deployer once it is purged.

    A lock that has ended is none: what it held may be deleted by whoever may delete.
    """
    lifting = (*keepers.records, *((keepers.deployer,) if purged else ()))
    own = tenant(bucket, key, account, workloads, own_roles)
    return document(
        *own["Statement"],
        deny("KeepModels", [_BYPASS], _all(bucket), Principal=EVERYONE, **_except(lifting)),
        deny("KeepRules", _RULES, _all(bucket), Principal=EVERYONE, **_except(keepers.rules)),
    )


def audit(bucket: str, key: str, account: str, workloads: str, keepers: Keepers) -> Document:
    """The audit bucket: no tenant's workloads at all, and nobody gets around the lock.

    Records are deleted before their time by the break-glass role only, or by nobody. The deployer may change the rules,
    for they are part of its stack, so it can delete only after a change of policy that stands in the trail.
    """
    return document(
        tls_only(bucket),
        # digests of the trail are under S3's own key (CloudTrail UserGuide, encrypting-cloudtrail-log-files)
        *key_only(bucket, key, besides="cloudtrail.amazonaws.com"),
        _no_tenant(bucket, account, workloads),
        deny("KeepRecords", _SHORTEN, _all(bucket), Principal=EVERYONE, **_except(keepers.records)),
        deny("KeepRules", _RULES, _all(bucket), Principal=EVERYONE, **_except(keepers.rules)),
        *_trail(bucket, account),
    )


def _trail(bucket: str, account: str) -> tuple[Statement, ...]:
    """CloudTrail writes its files below the account's folder (CloudTrail UserGuide, bucket policies)."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    files = [f"arn:aws:s3:::{bucket}/AWSLogs/{account}/*"]
    return (
        allow("TrailLooks", ["s3:GetBucketAcl"], [f"arn:aws:s3:::{bucket}"], Principal=service, Condition=mine),
        allow("TrailWrites", ["s3:PutObject"], files, Principal=service, Condition=mine),
    )


def _no_tenant(bucket: str, account: str, workloads: str) -> Statement:
    """No workload of any tenant."""
    tenants = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    return deny("NoTenant", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition=tenants)


def access_logs(bucket: str, account: str, workloads: str) -> Document:
    """The bucket that access logs are delivered to; S3 writes them, tenants' workloads never read them."""
    return document(
        tls_only(bucket),
        _no_tenant(bucket, account, workloads),
        allow(
            "LogDelivery",
            ["s3:PutObject"],
            [f"arn:aws:s3:::{bucket}/*"],
            Principal={"Service": "logging.s3.amazonaws.com"},
            Condition={"StringEquals": {"aws:SourceAccount": account}},
        ),
        allow(
            "BalancerLogs",
            ["s3:PutObject"],
            [f"arn:aws:s3:::{bucket}/*/AWSLogs/{account}/*"],
            Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/*"}},
        ),
    )
