"""By no request, whatever is in it, does a neighbour's role change an object."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-s3-write",
    numbers=(2,),
    claim="No request exists by which one tenant's role writes, deletes, restores or shares another one's objects.",
    kind="object_store",
    level=Level.PROOF,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_WRITE_OBJECTS",),
    control="A request exists by which A's role writes its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:RestoreObject",
)


def check(case: Case) -> Report:
    """Over the objects of all of B's buckets."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own objects", who, ("s3:PutObject",), proving.objects(case, case.a)),),
        (proving.asked(f"objects of {case.b.tenant}", who, _ACTIONS, proving.objects(case, case.b)),),
    )
