"""A password sent in clear is everybody's."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case, Door

ASSERTION = Assertion(
    id="pg-tls-only",
    numbers=(47,),
    claim="The tenant's database takes no connection without TLS.",
    kind="database",
    level=Level.LIVE,
    answers=("database.PLAINTEXT_REFUSED",),
    control="The login connects by TLS, and the server's certificate is its own.",
    remedy="Set `rds.force_ssl` to 1 in the parameter group: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """With the right login."""
    a, who = case.a, case.acting
    return Report(
        (trying("a connection by TLS", lambda: who.sql(a, "SELECT 1")),),
        (trying("a connection in clear", lambda: who.sql(a, "SELECT 1", door=Door.CLEAR)),),
    )
