"""Objects deleted for good, every version of them: of a bucket, or of what a tenant has in one that is not its own."""

from __future__ import annotations

from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.port import Call, ProviderError

_BATCH: Final = 1000


def empty(access: AwsAccess, region: str, bucket: str, folder: str, call: Call) -> None:
    """Delete every version and delete marker whose key begins with `folder/`; no error where the bucket is gone.

    Raises ProviderError; an empty folder is refused, because it would mean everybody's.
    """
    if not folder:
        raise ProviderError("Without a folder all tenants' objects would be deleted.")
    clear(Api(access, region, call), bucket, f"{folder}/")


def size(access: AwsAccess, region: str, bucket: str, folder: str) -> int:
    """Bytes of every version whose key begins with `folder/`, as S3 counts them for the bill. Raises ProviderError."""
    pages = Api(access, region).pages("s3", "ListObjectVersions", "Versions", Bucket=bucket, Prefix=f"{folder}/")
    return sum(int(version["Size"]) for version in pages)


def clear(api: Api, bucket: str, beginning: str = "", **how: Any) -> None:
    """Delete all whose key has this beginning, by the thousand; `how` goes with each deletion. Raises ProviderError."""
    below = {"Prefix": beginning} if beginning else {}
    while True:
        page = api.seek("s3", "ListObjectVersions", Bucket=bucket, MaxKeys=_BATCH, **below) or {}
        listed = [*shapes.listed(page, "Versions"), *shapes.listed(page, "DeleteMarkers")]
        if not listed:
            return
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
        answer = api.write("s3", "DeleteObjects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True}, **how)
        if errors := answer.get("Errors"):
            first, place = errors[0], f"{bucket}/{beginning}" if beginning else bucket
            raise ProviderError(f"Bucket {place} could not be emptied: {first.get('Code')}: {first.get('Message')}")
