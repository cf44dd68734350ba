"""By no request, whatever is in it, does a role become more than it is."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-iam-itself",
    numbers=(10,),
    claim="No request exists by which a tenant's role changes its own policies, tags, trust or boundary.",
    kind="identity",
    level=Level.PROOF,
    answers=("identity.ROLE_CANNOT_CHANGE_ITSELF",),
    control="A request exists by which the role reads its own objects: its policies were read.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "iam:Put*",
    "iam:Attach*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
    "iam:Delete*",
    "iam:Detach*",
)


def check(case: Case) -> Report:
    """Over its own role."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, case.a)),),
        (proving.asked("its own role", who, _ACTIONS, [proving.trust(case, case.a)]),),
    )
