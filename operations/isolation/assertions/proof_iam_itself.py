"""By no request, whatever is in it, does a role become more than it is."""

from __future__ import annotations

from operations.isolation import outside, proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-iam-itself",
    numbers=(10, 12),
    claim="No request exists by which a tenant's role changes its policies, tags, trust or boundary, or makes roles.",
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
_MAKING = ("iam:Add*", "iam:Create*")


def check(case: Case) -> Report:
    """Over its own role; and every name that another one could have, which would be without the boundary."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, case.a)),),
        (
            proving.asked("its own role", who, _ACTIONS, [proving.trust(case, case.a)]),
            proving.asked("other roles, users and policies", who, _MAKING, [outside.closed(case.a.blueprint.account)]),
        ),
    )
