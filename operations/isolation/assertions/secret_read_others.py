"""What a tenant logs in with is its own."""

from __future__ import annotations

from collections.abc import Sequence

from operations.isolation import logins
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="secret-read-others",
    numbers=(5,),
    claim="No tenant reads another one's secrets.",
    kind="secrets",
    level=Level.LIVE,
    pairwise=True,
    answers=("secrets.NEIGHBOURS_CANNOT_READ_SECRETS",),
    control="Both read their own secrets.",
    remedy="Look at the secret's policy and at what A's role may do; then change the passwords: they may be known.",
)


def check(case: Case) -> Report:
    """What workloads log in with, and the logins of people where there are any."""
    a, b = case.a, case.b
    return Report(
        (*_read(a, case.acting, logins.names(a)), *_read(b, case.neighbour, logins.names(b))),
        _read(b, case.acting, (*logins.names(b), *logins.names_of_people(b))),
    )


def _read(of: Party, who: Acting, names: Sequence[str]) -> tuple[Outcome, ...]:
    return tuple(
        trying(
            f"{name} of {of.tenant}",
            lambda n=name: who.aws("secretsmanager", "GetSecretValue", SecretId=of.said(n)),
        )
        for name in names
    )
