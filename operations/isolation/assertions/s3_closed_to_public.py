"""No bucket of a tenant can be made public by a policy or by an access list."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation.model import Assertion, Level, Outcome, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-closed-to-public",
    numbers=(21,),
    claim="Public access is blocked four times on each bucket, and access lists are off.",
    kind="object_store",
    level=Level.CONFIG,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="The bucket is there.",
    remedy="Put the public access block and the ownership controls back: `tenant apply TENANT --refresh`.",
)

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def check(case: Case) -> Report:
    """On each bucket of the tenant."""
    buckets = [case.a.said(name) for name in ("dataBucket", "backupBucket", "modelBucket") if name in case.a.outputs]
    return Report(
        tuple(
            there(f"{name} is there", lambda n=name: bool(case.read("s3", "HeadBucket", Bucket=n))) for name in buckets
        ),
        tuple(outcome for name in buckets for outcome in _settings(case, name)),
    )


def _settings(case: Case, bucket: str) -> Iterator[Outcome]:
    yield setting(f"public access block of {bucket}", lambda: _blocked(case, bucket))
    yield setting(f"access lists of {bucket}", lambda: _owner_only(case, bucket))


def _blocked(case: Case, bucket: str) -> bool:
    if not case.present("s3", "GetPublicAccessBlock", Bucket=bucket):
        return _open(case, bucket)
    found = case.read("s3", "GetPublicAccessBlock", Bucket=bucket)["PublicAccessBlockConfiguration"]
    return all(found.get(block) is True for block in _BLOCKS)


def _owner_only(case: Case, bucket: str) -> bool:
    if not case.present("s3", "GetBucketOwnershipControls", Bucket=bucket):
        return _open(case, bucket)
    rules = case.read("s3", "GetBucketOwnershipControls", Bucket=bucket)["OwnershipControls"]["Rules"]
    return [rule["ObjectOwnership"] for rule in rules] == ["BucketOwnerEnforced"]


def _open(case: Case, bucket: str) -> bool:
    """Not closed, as the setting is not there. Raises Missing where the bucket is not either: it is not open then."""
    case.read("s3", "HeadBucket", Bucket=bucket)
    return False
