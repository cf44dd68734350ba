"""A password sent in clear is everybody's."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case, Door

ASSERTION = Assertion(
    id="cache-tls-only",
    numbers=(56,),
    claim="The tenant's cache takes no connection without TLS.",
    kind="cache",
    level=Level.LIVE,
    answers=("cache.PLAINTEXT_REFUSED",),
    control="The user gets in by TLS.",
    remedy="Set the transit encryption mode to `required`: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """With the right login."""
    a, who = case.a, case.acting
    return Report(
        (trying("PING by TLS", lambda: who.cache(a, "PING")),),
        (trying("PING in clear", lambda: who.cache(a, "PING", door=Door.CLEAR)),),
    )
