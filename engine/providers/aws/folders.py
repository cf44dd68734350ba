"""Everything below a folder of a bucket, deleted for good: what a tenant has in a bucket that is not its own."""

from __future__ import annotations

from typing import Final

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused
from engine.providers.port import Call, ProviderError

_BATCH: Final = 1000


def empty(access: AwsAccess, region: str, bucket: str, folder: str, call: Call) -> None:
    """Delete every version and delete marker whose key begins with `folder/`; no error where the bucket is gone.

    Raises ProviderError; an empty folder is refused, because it would mean everybody's.
    """
    if not folder:
        raise ProviderError("Without a folder all tenants' objects would be deleted.")
    api = Api(access, region, call)
    while True:
        try:
            page = api.read("s3", "ListObjectVersions", Bucket=bucket, Prefix=f"{folder}/", MaxKeys=_BATCH)
        except CloudRefused as refused:
            if refused.not_found:
                return
            raise
        listed = [*shapes.listed(page, "Versions"), *shapes.listed(page, "DeleteMarkers")]
        if not listed:
            return
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
        answer = api.write("s3", "DeleteObjects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        if errors := answer.get("Errors"):
            raise ProviderError(f"{bucket}/{folder} could not be emptied: {errors[0].get('Code')}.")
