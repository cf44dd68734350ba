"""By no request, whatever is in it, does a neighbour's role become another."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-iam-assume",
    numbers=(8,),
    claim="No request exists by which one tenant's role takes on another one's.",
    kind="identity",
    level=Level.PROOF,
    pairwise=True,
    answers=("identity.ROLE_CANNOT_TAKE_NEIGHBOURS_ROLE",),
    control="A request exists by which A's role reads its own objects: its policies were read.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "sts:AssumeRole",
    "sts:TagSession",
)


def check(case: Case) -> Report:
    """Over B's role and its trust."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, case.a)),),
        (proving.asked(f"the role of {case.b.tenant}", who, _ACTIONS, [proving.trust(case, case.b)]),),
    )
