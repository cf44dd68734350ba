"""By no request, whatever is in it, does a role get at keys and plans of the application's API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from operations.isolation import logins, membership, proving
from operations.isolation.model import Assertion, Level, Outcome, Party, Report
from operations.isolation.ports import Case
from operations.isolation.proof.world import Principal, Thing

ASSERTION = Assertion(
    id="proof-api-keys",
    numbers=(5,),
    claim="No request exists by which a tenant's role, which its pods have, or its members' one administers an API.",
    kind="api_access",
    level=Level.PROOF,
    answers=("api_access.API_KEYS_OF_OTHERS_UNREADABLE",),
    control="A request exists by which the role reads its own secrets, and the member its own one.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)
_EVERYTHING = ("apigateway:*",)
"""To read is to know every key of the region (GET), to change is to put keys into plans and to lift quotas."""


def applies(a: Party, b: Party | None) -> bool:
    """Where there is an API, whether or not the tenant has a key."""
    return logins.api(a) is not None


def check(case: Case) -> Report:
    """Over all of API Gateway in the region: the role, and a session for one member, where there are any."""
    everyone = list(_everyone(case))
    return Report(
        tuple(
            proving.asked(f"{name}: its own secrets", who, ("secretsmanager:GetSecretValue",), own)
            for name, who, own in everyone
        ),
        tuple(_administers(case, name, who) for name, who, _ in everyone),
    )


def _administers(case: Case, name: str, who: Principal) -> Outcome:
    return proving.asked(f"{name}: keys and plans", who, _EVERYTHING, [proving.gateway(case.a)])


def _everyone(case: Case) -> Iterator[tuple[str, Principal, Sequence[Thing]]]:
    """Who may act for the tenant, with secrets that it reads."""
    a = case.a
    yield a.tenant, proving.role(case, a), proving.secrets(case, a)
    for member in membership.active(a)[:1]:
        yield member.id, proving.member(case, a, member), [proving.member_secret(case, a, member)]
