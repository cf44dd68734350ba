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
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS", "object_store.NEIGHBOURS_CANNOT_LIST_OBJECTS"),
    control="A request exists by which A's role lists its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_LISTS = ("s3:ListBucket", "s3:ListBucketVersions")
_RULES = ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


def check(case: Case) -> Report:
    """Over all of B's buckets, whatever the prefix; over shared ones with B's, and without any."""
    a, b, who = case.a, case.b, proving.role(case, case.a)
    own, theirs = proving.buckets(case, a), proving.buckets(case, b)
    return Report(
        tuple(
            proving.asked("its own buckets", who, ("s3:ListBucket",), own, given)
            for given in proving.listings(a, own=True)
        ),
        (
            *(
                proving.asked(f"lists of buckets of {b.tenant}", who, _LISTS, theirs, given)
                for given in proving.listings(b, own=False)
            ),
            proving.asked(f"policies of buckets of {b.tenant}", who, _RULES, theirs),
        ),
    )
