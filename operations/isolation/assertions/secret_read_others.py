"""What a tenant logs in with is its own."""

from __future__ import annotations

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
    """The logins of database and cache."""
    return Report(
        (*_read(case.a, case.acting), *_read(case.b, case.neighbour)),
        tuple(_read(case.b, case.acting)),
    )


def _read(of: Party, who: Acting) -> list[Outcome]:
    return [
        trying(
            f"{name} of {of.tenant}",
            lambda n=name: who.aws("secretsmanager", "GetSecretValue", SecretId=of.said(n)),
        )
        for name in ("databaseSecretArn", "cacheSecretArn")
    ]
