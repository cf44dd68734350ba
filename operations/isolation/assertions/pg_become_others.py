"""A login stays what it is."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import MASTER

ASSERTION = Assertion(
    id="pg-become-others",
    numbers=(35,),
    claim="The tenant's login becomes neither the server's master nor another role.",
    kind="database",
    level=Level.LIVE,
    answers=("database.LOGIN_IS_NOT_PRIVILEGED",),
    control="The login becomes itself.",
    remedy="Take the membership away: `REVOKE` it as master; `tenant drift` does not see grants of roles.",
)


def check(case: Case) -> Report:
    """SET ROLE and SET SESSION AUTHORIZATION to roles that are there."""
    a, who = case.a, case.acting
    return Report(
        (trying("SET ROLE to itself", lambda: who.sql(a, f'SET ROLE "{a.slug}"')),),
        tuple(
            trying(statement, lambda s=statement: who.sql(a, s))
            for statement in (
                f"SET ROLE {MASTER}",
                f"SET SESSION AUTHORIZATION {MASTER}",
                "SET ROLE pg_read_all_data",
                "SET ROLE pg_write_all_data",
            )
        ),
    )
