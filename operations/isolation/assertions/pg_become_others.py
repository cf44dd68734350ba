"""A login stays what it is."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case
from stacks.blueprint.data import MASTER

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


_MEMBER = """
SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1
"""


def check(case: Case) -> Report:
    """Its memberships, and what changes of role are tried to roles that are there."""
    a, who = case.a, case.acting
    return Report(
        (trying("SET ROLE to itself", lambda: who.sql(a, f'SET ROLE "{a.slug}"')),),
        (
            finding("roles that it is a member of", lambda: [str(row[0]) for row in who.sql(a, _MEMBER)]),
            *(
                trying(statement, lambda s=statement: who.sql(a, s))
                for statement in (
                    f"SET ROLE {MASTER}",
                    f"SET SESSION AUTHORIZATION {MASTER}",
                    "SET ROLE pg_read_all_data",
                    "SET ROLE pg_write_all_data",
                )
            ),
        ),
    )
