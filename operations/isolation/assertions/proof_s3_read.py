"""By no request, whatever is in it, does a neighbour's role read an object."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-s3-read",
    numbers=(1,),
    claim="No request exists by which one tenant's role reads another one's objects.",
    kind="object_store",
    level=Level.PROOF,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="A request exists by which A's role reads its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAcl",
)


def check(case: Case) -> Report:
    """Over the objects of all of B's buckets."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, case.a)),),
        (proving.asked(f"objects of {case.b.tenant}", who, _ACTIONS, proving.objects(case, case.b)),),
    )
