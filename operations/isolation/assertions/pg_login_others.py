"""A database of one's own lets nobody else in."""

from __future__ import annotations

from operations.isolation.model import SILO, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-login-others",
    numbers=(32,),
    claim="No tenant logs in to another one's database.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=SILO,
    answers=("database.NEIGHBOURS_CANNOT_LOG_IN",),
    control="Both log in to their own.",
    remedy="Look for a role of A's name on B's server, and drop it.",
)


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
