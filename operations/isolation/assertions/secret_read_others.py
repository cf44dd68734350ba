"""What a tenant logs in with is its own."""

from __future__ import annotations

from collections.abc import Sequence

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

_WORKLOADS = ("databaseSecretArn", "cacheSecretArn")
_PEOPLE = ("databasePeopleSecretArn",)


def check(case: Case) -> Report:
    """The logins of database and cache, and those of people where there are any."""
    return Report(
        (*_read(case.a, case.acting), *_read(case.b, case.neighbour)),
        (*_read(case.b, case.acting), *_read(case.b, case.acting, _PEOPLE)),
    )


def _read(of: Party, who: Acting, names: Sequence[str] = _WORKLOADS) -> list[Outcome]:
    return [
        trying(
            f"{name} of {of.tenant}",
            lambda n=name: who.aws("secretsmanager", "GetSecretValue", SecretId=of.said(n)),
        )
        for name in names
        if name in of.outputs or names is _WORKLOADS
    ]
