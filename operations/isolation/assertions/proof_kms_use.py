"""By no request, whatever is in it, does a neighbour's role use a key."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-kms-use",
    numbers=(4,),
    claim="No request exists by which one tenant's role uses another one's key or gives grants on it.",
    kind="encryption",
    level=Level.PROOF,
    pairwise=True,
    answers=("encryption.NEIGHBOURS_CANNOT_DECRYPT",),
    control="A request exists by which A's role decrypts with its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
)


def check(case: Case) -> Report:
    """Over B's key."""
    who = proving.role(case, case.a)
    return Report(
        (proving.asked("its own key", who, ("kms:Decrypt",), [proving.key(case, case.a)]),),
        (proving.asked(f"the key of {case.b.tenant}", who, _ACTIONS, [proving.key(case, case.b)]),),
    )
