"""A server lets in those only who have a part in it."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="pg-login-others",
    numbers=(32,),
    claim="No tenant logs in to a database server that it has no part in.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    answers=("database.NEIGHBOURS_CANNOT_LOG_IN",),
    control="Both log in to their own.",
    remedy="Look for a role of A's name on B's server, and drop it.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where they are on two servers."""
    return b is not None and a.blueprint.of(DatabaseSpec).identifier != b.blueprint.of(DatabaseSpec).identifier


def check(case: Case) -> Report:
    """A's login at B's server, in B's database."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (
            trying(f"{a.tenant} logs in to its own database", lambda: who.sql(a, "SELECT 1")),
            trying(f"{b.tenant} logs in to its own database", lambda: case.neighbour.sql(b, "SELECT 1")),
        ),
        (trying(f"{a.tenant}'s login at {b.tenant}'s server", lambda: who.sql(b, "SELECT 1")),),
    )
