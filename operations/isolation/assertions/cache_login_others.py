"""A cache of one's own lets nobody else in."""

from __future__ import annotations

from operations.isolation.model import SILO, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="cache-login-others",
    numbers=(49,),
    claim="No tenant's user gets in to another one's cache.",
    kind="cache",
    level=Level.LIVE,
    pairwise=True,
    models=SILO,
    answers=("cache.NEIGHBOURS_CANNOT_LOG_IN",),
    control="Both get in to their own, and read and write there.",
    remedy="Take A's user out of the user group of B's cache: `tenant apply B --refresh`.",
)


def check(case: Case) -> Report:
    """A's user at B's cache."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (
            trying(f"{a.tenant} at its own cache", lambda: who.cache(a, "SET", "tenant-verify", "1", "EX", "60")),
            trying(f"{b.tenant} at its own cache", lambda: case.neighbour.cache(b, "GET", "tenant-verify")),
        ),
        (trying(f"{a.tenant}'s user at {b.tenant}'s cache", lambda: who.cache(b, "GET", "tenant-verify")),),
    )
