"""The IAM actions that AWS asks for an operation. Mostly the operation's own name; here is what is not. Pure.

Sources: Service Authorization Reference, the pages of the services named here; for S3 "Required permissions for Amazon
S3 API operations" in its user guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Called(NamedTuple):
    """One operation, by botocore's names."""

    service: str
    operation: str


PREFIXES: Final[Mapping[str, str]] = {
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
"""The services whose actions do not begin with botocore's name."""

FREE: Final = frozenset({"sts:GetCallerIdentity"})
"""What AWS allows everybody, whatever policies say: API reference of STS, GetCallerIdentity."""

_GATEWAY: Final[Mapping[str, str]] = {
    "Create": "POST",
    "Delete": "DELETE",
    "Get": "GET",
    "TagResource": "PUT",
    "UntagResource": "DELETE",
    "Update": "PATCH",
}
"""API Gateway is decided by the request's method, whatever it is asked for."""

_BUDGETS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "CreateBudget",
            "CreateNotification",
            "CreateSubscriber",
            "DeleteBudget",
            "DeleteNotification",
            "DeleteSubscriber",
            "UpdateBudget",
        ),
        "ModifyBudget",
    ),
    **dict.fromkeys(
        (
            "DescribeBudget",
            "DescribeBudgets",
            "DescribeNotificationsForBudget",
            "DescribeSubscribersForNotification",
        ),
        "ViewBudget",
    ),
}

_S3: Final[Mapping[str, tuple[str, ...]]] = {
    "DeleteBucketEncryption": ("PutEncryptionConfiguration",),
    "DeleteBucketLifecycle": ("PutLifecycleConfiguration",),
    "DeleteBucketOwnershipControls": ("PutBucketOwnershipControls",),
    "DeleteBucketTagging": ("PutBucketTagging",),
    # rows name versions, and hold out governance retention where a bucket locks objects
    "DeleteObjects": ("BypassGovernanceRetention", "DeleteObject", "DeleteObjectVersion"),
    "DeletePublicAccessBlock": ("PutBucketPublicAccessBlock",),
    "GetBucketEncryption": ("GetEncryptionConfiguration",),
    "GetBucketLifecycleConfiguration": ("GetLifecycleConfiguration",),
    "GetObjectLockConfiguration": ("GetBucketObjectLockConfiguration",),
    "GetPublicAccessBlock": ("GetBucketPublicAccessBlock",),
    "HeadBucket": ("ListBucket",),
    "ListBuckets": ("ListAllMyBuckets",),
    "ListObjectVersions": ("ListBucketVersions",),
    "PutBucketEncryption": ("PutEncryptionConfiguration",),
    "PutBucketLifecycleConfiguration": ("PutLifecycleConfiguration",),
    "PutObjectLockConfiguration": ("PutBucketObjectLockConfiguration",),
    "PutPublicAccessBlock": ("PutBucketPublicAccessBlock",),
}


def of(called: Called) -> tuple[str, ...]:
    """The actions without which AWS refuses the operation, sorted; what it may ask beside them is `dependent`."""
    prefix = PREFIXES.get(called.service, called.service)
    if called.service == "s3":
        return tuple(f"s3:{name}" for name in _S3.get(called.operation, (called.operation,)))
    if called.service == "apigateway":
        (method,) = (method for start, method in _GATEWAY.items() if called.operation.startswith(start))
        return (f"apigateway:{method}",)
    if called.service == "budgets":
        return (f"budgets:{_BUDGETS.get(called.operation, called.operation)}",)
    return (f"{prefix}:{called.operation}",)
