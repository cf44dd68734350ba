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
    answers=("encryption.NEIGHBOURS_CANNOT_DECRYPT", "encryption.OTHER_CONTEXTS_REFUSED"),
    control="A request exists by which A's role decrypts with its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

_ACTIONS = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
_RULES = ("kms:CreateGrant", "kms:PutKeyPolicy")


def check(case: Case) -> Report:
    """Over B's key; where both have the same, in B's contexts."""
    a, b, who = case.a, case.b, proving.role(case, case.a)
    own, theirs = [proving.key(case, a)], [proving.key(case, b)]
    return Report(
        tuple(proving.asked("its own key", who, ("kms:Decrypt",), own, given) for given in proving.contexts(a)[:1]),
        (
            *(proving.asked(f"the key of {b.tenant}", who, _ACTIONS, theirs, given) for given in proving.contexts(b)),
            proving.asked(f"rules of the key of {b.tenant}", who, _RULES, theirs),
        ),
    )
