"""By no request, whatever its prefix, does a neighbour's role list a bucket or change its rules."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-s3-list",
    numbers=(3,),
    claim="No request exists by which one tenant's role lists another one's buckets or changes their policies.",
    kind="object_store",
    level=Level.PROOF,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="A request exists by which A's role lists its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
)


def check(case: Case) -> Report:
    """Over all of B's buckets; the prefix is free."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own buckets", who, ("s3:ListBucket",), proving.buckets(case, case.a)),),
        (proving.asked(f"buckets of {case.b.tenant}", who, _ACTIONS, proving.buckets(case, case.b)),),
    )
