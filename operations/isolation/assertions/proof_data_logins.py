"""By no request, whatever is in it, does a role log in to databases or caches by IAM: tenants do by password."""

from __future__ import annotations

from typing import Final

from operations.isolation import outside, proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-data-logins",
    numbers=(6, 7),
    claim="No request exists by which a tenant's role gets a login of IAM to a database or a cache, whoever's.",
    kind="database",
    level=Level.PROOF,
    answers=("cache.NEIGHBOURS_CANNOT_LOG_IN", "database.NEIGHBOURS_CANNOT_LOG_IN"),
    control="A request exists by which the role reads the secret that it logs in with.",
    remedy="Take the right away from the role: `tenant apply TENANT --refresh`. Tenants log in with passwords only.",
)
_LOGINS: Final = ("rds-db:connect", "elasticache:Connect")


def check(case: Case) -> Report:
    """Over every user of every database and cache of the account."""
    who, everything = proving.role(case, case.a), [outside.closed(case.a.blueprint.account)]
    return Report(
        (proving.asked("its own secrets", who, ("secretsmanager:GetSecretValue",), proving.secrets(case, case.a)),),
        (proving.asked("logins of IAM to data", who, _LOGINS, everything),),
    )
