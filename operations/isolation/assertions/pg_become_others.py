"""A login stays what it is."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case
from stacks.blueprint.data import APPLICATION, CONNECTING_GROUP, DEPLOYER, MASTER, ROWS_GROUP
from stacks.inputs.fields import Isolation
from stacks.resources.database.spec import DatabaseSpec

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


_TRIED = (
    f"SET ROLE {MASTER}",
    f"SET SESSION AUTHORIZATION {MASTER}",
    "SET ROLE pg_read_all_data",
    "SET ROLE pg_write_all_data",
)
_OF_A_CELL = (f"SET ROLE {DEPLOYER}", f"SET ROLE {APPLICATION}")
_MEMBER = """
SELECT rolname FROM pg_roles WHERE rolname <> current_user AND rolname <> ALL ('{%s}')
AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1
"""


def check(case: Case) -> Report:
    """Its memberships, and what changes of role are tried to roles that are there."""
    a, who = case.a, case.acting
    return Report(
        (trying("SET ROLE to itself", lambda: who.sql(a, f'SET ROLE "{a.slug}"')),),
        (
            finding("other roles that it is a member of", lambda: [str(row[0]) for row in who.sql(a, _member(case))]),
            *(
                trying(statement, lambda s=statement: who.sql(a, s))
                for statement in (*_TRIED, *(_OF_A_CELL if a.model("database") is not Isolation.SILO else ()))
            ),
        ),
    )


def _member(case: Case) -> str:
    """A shared instance has groups whose members may do what all its tenants may, and read what they are given."""
    shared = case.a.model("database") is not Isolation.SILO
    given = case.a.blueprint.of(DatabaseSpec).reads
    return _MEMBER % (",".join((ROWS_GROUP, CONNECTING_GROUP, *given)) if shared else "")
