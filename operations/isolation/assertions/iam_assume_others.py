"""A role is taken on by its own tenant only."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="iam-assume-others",
    numbers=(8,),
    claim="No tenant's role takes on another one's.",
    kind="identity",
    level=Level.LIVE,
    pairwise=True,
    answers=("identity.ROLE_CANNOT_TAKE_NEIGHBOURS_ROLE",),
    control="Both roles exist and are taken on by who may.",
    remedy="Look at the trust of B's role and at the boundary of A's: `tenant drift` shows both.",
)


def check(case: Case) -> Report:
    """AssumeRole as A's role; the controls are the sessions that both already have."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (
            trying(f"{a.tenant}'s role says who it is", lambda: who.aws("sts", "GetCallerIdentity")),
            trying(f"{b.tenant}'s role says who it is", lambda: case.neighbour.aws("sts", "GetCallerIdentity")),
        ),
        (
            trying(
                f"AssumeRole {b.said('roleArn')}",
                lambda: who.aws("sts", "AssumeRole", RoleArn=b.said("roleArn"), RoleSessionName="tenant-verify"),
            ),
        ),
    )
