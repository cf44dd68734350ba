"""Until when objects of a bucket can't be deleted by anybody."""

from __future__ import annotations

from datetime import datetime

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused


def until(access: AwsAccess, region: str, bucket: str) -> datetime | None:
    """When the last lock of any version in the bucket ends; None where nothing is locked, or no such bucket is there.

    One question a version: a bucket of locked objects holds few and large ones. Raises ProviderError.
    """
    api = Api(access, region)
    try:
        versions = list(api.pages("s3", "ListObjectVersions", "Versions", Bucket=bucket))
    except CloudRefused as refused:
        if refused.not_found:
            return None
        raise
    found = (
        api.seek("s3", "GetObjectRetention", Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
        for each in versions
    )
    return max((date for each in found if (date := shapes.at(each or {}, "Retention.RetainUntilDate"))), default=None)
