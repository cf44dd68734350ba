"""By no request, whatever is in it, does a neighbour's role read a secret."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-secrets-read",
    numbers=(5,),
    claim="No request exists by which one tenant's role reads or changes another one's secrets.",
    kind="secrets",
    level=Level.PROOF,
    pairwise=True,
    answers=("secrets.NEIGHBOURS_CANNOT_READ_SECRETS",),
    control="A request exists by which A's role reads its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)


def check(case: Case) -> Report:
    """Over what B's workloads log in with, and what no workload reads: B's people's, and the shared server's."""
    who = proving.role(case, case.a)
    theirs = (*proving.secrets(case, case.b), *proving.closed_secrets(case, case.b))
    return Report(
        (proving.asked("its own secrets", who, ("secretsmanager:GetSecretValue",), proving.secrets(case, case.a)),),
        (proving.asked(f"secrets of {case.b.tenant}", who, proving.SECRET_ACTIONS, theirs),),
    )
