"""S3: the bucket itself. Its settings are rows of their own; the deprecated inline ones are refused."""

from __future__ import annotations

from typing import Any, Final

from engine.providers.aws import folders, shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.networks import partition
from engine.providers.aws.table import Handle, Name, Object, Prop, Reader, Row
from engine.providers.aws.tags import BucketTags
from engine.providers.port import CheckFailure, Props, ProviderError

# Hosted zones of S3 website endpoints, which the output `hostedZoneId` shows: AWS General Reference, S3 endpoints.
_ZONES: Final = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
}


def _create(handle: Handle, _: Object) -> str:
    request: Object = {"Bucket": handle.inputs["bucket"]}
    if handle.api.region != "us-east-1":
        request["CreateBucketConfiguration"] = {"LocationConstraint": handle.api.region}
    if handle.inputs.get("objectLockEnabled"):
        request["ObjectLockEnabledForBucket"] = True
    handle.api.create("s3", "CreateBucket", **request)
    return str(handle.inputs["bucket"])


def look_bucket(handle: Handle) -> Object | None:
    """The bucket, where it is there and ours to look at. S3 answers HEAD with a bare 404."""
    try:
        handle.api.read("s3", "HeadBucket", Bucket=handle.id)
    except CloudRefused as refused:
        if refused.not_found or refused.code == "404":
            return None
        if refused.code == "403":
            raise ProviderError(
                f"Bucket {handle.id} is another account's, or the deployer lacks s3:ListBucket: S3 does not tell which."
            ) from refused
        raise
    lock = handle.api.seek("s3", "GetObjectLockConfiguration", Bucket=handle.id) or {}
    return {
        "Bucket": handle.id,
        "ObjectLock": shapes.group(lock, "ObjectLockConfiguration").get("ObjectLockEnabled") == "Enabled",
    }


def _delete(handle: Handle) -> None:
    if handle.inputs.get("forceDestroy"):
        _empty(handle)
    handle.api.remove("s3", "DeleteBucket", Bucket=handle.id)


def _empty(handle: Handle) -> None:
    """Governance retention is bypassed, compliance is not."""
    bypass: dict[str, Any] = {"BypassGovernanceRetention": True} if handle.inputs.get("objectLockEnabled") else {}
    folders.clear(handle.api, handle.id, **bypass)


def _untouched(handle: Handle, _: Object) -> bool:
    """Whether an untagged bucket of ours by name can be what a create left between making and tagging it: empty."""
    page = handle.api.seek("s3", "ListObjectVersions", Bucket=handle.id, MaxKeys=1) or {}
    return not page.get("Versions") and not page.get("DeleteMarkers")


def _faults(inputs: Props) -> list[CheckFailure]:
    name = inputs.get("bucket")
    if name is not None and not 3 <= len(str(name)) <= 63:
        return [CheckFailure("bucket", f"a bucket's name has 3 to 63 characters, not {len(str(name))}")]
    return []


def _output(text: str) -> Reader:
    def fill(handle: Handle, _: Object) -> str:
        return text.format(bucket=handle.id, region=handle.api.region, p=partition(handle.api.region))

    return fill


_BUCKET: Final = Row(
    type="aws:s3/bucket:Bucket",
    service="s3",
    key="Bucket",
    props=(
        Prop("bucket", live="Bucket", fixed=True),
        Prop("bucketPrefix", live=None, fixed=True, computed=True),
        Prop("objectLockEnabled", send=None, live="ObjectLock", fixed=True, default=False),
        Prop("forceDestroy", send=None, live=None, default=False),
    ),
    create=_create,
    look=look_bucket,
    delete=_delete,
    seek=by_name("bucket"),
    ours=_untouched,
    tags=BucketTags(),
    name=Name("bucket", 63, "bucketPrefix", lower=True),
    faults=_faults,
    outputs={
        "arn": _output("arn:{p}:s3:::{bucket}"),
        "bucketRegion": _output("{region}"),
        "bucketDomainName": _output("{bucket}.s3.amazonaws.com"),
        "bucketRegionalDomainName": _output("{bucket}.s3.{region}.amazonaws.com"),
        "hostedZoneId": lambda handle, _: _ZONES.get(handle.api.region),
    },
    holds_data=True,
    delete_before_replace=True,
)

ROWS: Final = (_BUCKET,)
