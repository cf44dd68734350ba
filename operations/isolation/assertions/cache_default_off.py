"""Who comes without a login is the user `default`."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case, Door

ASSERTION = Assertion(
    id="cache-default-off",
    numbers=(55, 56),
    claim="Nobody gets in to the tenant's cache without a login, or as `default`.",
    kind="cache",
    level=Level.LIVE,
    answers=("cache.DEFAULT_USER_OFF",),
    control="The tenant's user gets in.",
    remedy="Turn `default` off: a user group without it does that; `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Without a login, and with the one that every client guesses first."""
    a, who = case.a, case.acting
    return Report(
        (trying("PING as its user", lambda: who.cache(a, "PING")),),
        (
            trying("PING without a login", lambda: who.cache(a, "PING", door=Door.NOBODY)),
            trying("AUTH default", lambda: who.cache(a, "AUTH", "default", "", door=Door.NOBODY)),
        ),
    )
