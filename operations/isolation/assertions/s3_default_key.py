"""What is put into a bucket without a word on encryption lies under the tenant's key."""

from __future__ import annotations

from operations.isolation.model import SILO, Assertion, Level, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-default-key",
    numbers=(23,),
    claim="Each bucket encrypts with the tenant's own key unless told otherwise.",
    kind="object_store",
    level=Level.CONFIG,
    models=SILO,
    answers=("object_store.OTHER_KEYS_REFUSED",),
    control="The tenant's key is there.",
    remedy="Put the bucket's encryption back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from each bucket."""
    key = case.a.said("keyArn")
    buckets = [case.a.said(name) for name in ("dataBucket", "backupBucket", "modelBucket") if name in case.a.outputs]
    return Report(
        (there("its key", lambda: bool(case.read("kms", "DescribeKey", KeyId=key))),),
        tuple(setting(f"default key of {name}", lambda n=name: _key(case, n) == key) for name in buckets),
    )


def _key(case: Case, bucket: str) -> str:
    found = case.read("s3", "GetBucketEncryption", Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    return str(found[0].get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "")) if found else ""
