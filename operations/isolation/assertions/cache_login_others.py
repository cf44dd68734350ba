"""Only users of its own group get in to a cache."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-login-others",
    numbers=(49,),
    claim="No tenant's user gets in to a cache that it has no part in.",
    kind="cache",
    level=Level.LIVE,
    pairwise=True,
    answers=("cache.NEIGHBOURS_CANNOT_LOG_IN",),
    control="Both get in to their own, and read and write there.",
    remedy="Take A's user out of the user group of B's cache: `tenant apply B --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where they are in two caches."""
    return b is not None and a.blueprint.of(CacheSpec).group != b.blueprint.of(CacheSpec).group


def check(case: Case) -> Report:
    """A's user at B's cache."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (
            trying(f"{a.tenant} at its own cache", lambda: who.cache(a, "SET", canaries.word(a), "1", "EX", "60")),
            trying(f"{b.tenant} at its own cache", lambda: case.neighbour.cache(b, "GET", canaries.word(b))),
        ),
        (trying(f"{a.tenant}'s user at {b.tenant}'s cache", lambda: who.cache(b, "GET", canaries.word(b))),),
    )
