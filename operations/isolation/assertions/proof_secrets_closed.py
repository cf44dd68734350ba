"""By no request, whatever is in it, does a workload read what people and the cell log in with."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.model import SHARED, Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-secrets-closed",
    numbers=(5,),
    claim="No request exists by which a tenant's role reads its people's logins, or those of a shared server.",
    kind="database",
    level=Level.PROOF,
    models=SHARED,
    answers=("secrets.NEIGHBOURS_CANNOT_READ_SECRETS",),
    control="A request exists by which A's role reads what its workloads log in with.",
    remedy="Put the secret's policy back: `tenant apply TENANT --refresh`, or `tenant shared apply`; change passwords.",
)


def check(case: Case) -> Report:
    """Over these secrets and their policies."""
    who, closed = proving.role(case, case.a), proving.closed_secrets(case, case.a)
    return Report(
        (proving.asked("its own secrets", who, ("secretsmanager:GetSecretValue",), proving.secrets(case, case.a)),),
        (proving.asked("secrets that no workload reads", who, proving.SECRET_ACTIONS, closed),),
    )
