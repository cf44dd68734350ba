"""What people and the cell log in with is for no workload."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import logins
from operations.isolation.model import SHARED, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="secret-closed",
    numbers=(5,),
    claim="No workload reads logins of its tenant's people, nor of a shared server's deployer and application.",
    kind="database",
    level=Level.LIVE,
    models=SHARED,
    answers=("secrets.NEIGHBOURS_CANNOT_READ_SECRETS",),
    control="The role reads what its workloads log in with.",
    remedy="Put the secret's policy back: `tenant apply TENANT --refresh`, or `tenant shared apply`; change passwords.",
)


def check(case: Case) -> Report:
    """GetSecretValue of each, as the tenant's own role."""
    a, who = case.a, case.acting
    return Report(
        (
            trying(
                "GetSecretValue of its own secret",
                lambda: who.aws("secretsmanager", "GetSecretValue", SecretId=a.said("databaseSecretArn")),
            ),
        ),
        tuple(
            trying(f"GetSecretValue of {name}", lambda n=name: who.aws("secretsmanager", "GetSecretValue", SecretId=n))
            for name in _closed(case)
        ),
    )


def _closed(case: Case) -> Iterator[str]:
    """By name where it is the cell's: the tenant's stack does not tell its ARN."""
    if "databasePeopleSecretArn" in case.a.outputs:
        yield case.a.said("databasePeopleSecretArn")
    yield from logins.of_deployers(case.a)
