"""Bucket policies: only through TLS, only under the one key, never another tenant's workloads."""

from __future__ import annotations

from stacks.policies.document import Document, Statement, allow, deny, document, other_workloads

EVERYONE = {"AWS": "*"}
_ENCRYPTION = "s3:x-amz-server-side-encryption"
_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def _all(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def tls_only(bucket: str) -> Statement:
    """Nothing in clear."""
    return deny(
        "TlsOnly", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition={"Bool": {"aws:SecureTransport": "false"}}
    )


def key_only(bucket: str, key: str) -> tuple[Statement, Statement]:
    """No object under another key or another kind of encryption; one that names none gets the bucket's key."""
    objects = [f"arn:aws:s3:::{bucket}/*"]
    kind = {"StringNotEquals": {_ENCRYPTION: "aws:kms"}, "Null": {_ENCRYPTION: "false"}}
    other = {"StringNotEquals": {_KEY: key}, "Null": {_KEY: "false"}}
    return (
        deny("KmsOnly", ["s3:PutObject"], objects, Principal=EVERYONE, Condition=kind),
        deny("OwnKeyOnly", ["s3:PutObject"], objects, Principal=EVERYONE, Condition=other),
    )


def tenant(bucket: str, key: str, account: str, workloads: str, own_role: str) -> Document:
    """A tenant's bucket. `workloads` is the pattern of all tenants' role names."""
    others = other_workloads(account, workloads, own_role)
    return document(
        tls_only(bucket),
        *key_only(bucket, key),
        deny("NoOtherTenant", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition=others),
    )


def audit(bucket: str, key: str, account: str, workloads: str) -> Document:
    """The audit bucket: no tenant's workloads at all, and nobody gets around the lock."""
    tenants = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{workloads}"}}
    return document(
        tls_only(bucket),
        *key_only(bucket, key),
        deny("NoTenant", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition=tenants),
        deny("KeepLock", ["s3:BypassGovernanceRetention"], _all(bucket), Principal=EVERYONE, Condition=tenants),
    )


def access_logs(bucket: str, account: str, workloads: str) -> Document:
    """The bucket that access logs are delivered to; S3 writes them, tenants' workloads never read them."""
    tenants = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{workloads}"}}
    return document(
        tls_only(bucket),
        deny("NoTenant", ["s3:*"], _all(bucket), Principal=EVERYONE, Condition=tenants),
        allow(
            "LogDelivery",
            ["s3:PutObject"],
            [f"arn:aws:s3:::{bucket}/*"],
            Principal={"Service": "logging.s3.amazonaws.com"},
            Condition={"StringEquals": {"aws:SourceAccount": account}},
        ),
    )
