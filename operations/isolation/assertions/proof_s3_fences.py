"""A folder of a shared bucket has three fences, so that no single mistake opens it."""

from __future__ import annotations

from dataclasses import replace

from operations.isolation import outside, proving
from operations.isolation.model import SHARED, Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-s3-fences",
    numbers=(1, 2, 16),
    claim="The policy of a shared bucket, the boundary and the role's own policy each alone keep A out of B's folder.",
    kind="object_store",
    level=Level.PROOF,
    pairwise=True,
    models=SHARED,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS", "object_store.NEIGHBOURS_CANNOT_WRITE_OBJECTS"),
    control="A request exists by which A's role reads its own, through all three.",
    remedy="Put the one that is named back: `tenant shared apply`; the role's policy: `tenant apply A --refresh`.",
)

_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")


def check(case: Case) -> Report:
    """A's role as if it had only one of them: where the others are taken away, everything is allowed."""
    a, b, who = case.a, case.b, proving.role(case, case.a)
    theirs = proving.objects(case, b)
    bare = [replace(each, policy=None) for each in theirs]
    free = replace(who, identity=(outside.ANYTHING,), boundary=None)
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, a)),),
        (
            proving.asked("by the bucket's policy alone", free, _ACTIONS, theirs),
            proving.asked("by the boundary alone", replace(free, boundary=who.boundary), _ACTIONS, bare),
            proving.asked("by the role's own policy alone", replace(who, boundary=None), _ACTIONS, bare),
        ),
    )
