"""A neighbour's roles stand on the same server."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import SHARED, Assertion, Level, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="pg-become-neighbours",
    numbers=(35,),
    claim="No tenant's login becomes another one's login, owner or reader.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("database.LOGIN_IS_NOT_PRIVILEGED", "database.NEIGHBOURS_SCHEMAS_CLOSED"),
    control="The login becomes itself.",
    remedy="Take the membership away: `REVOKE` it as master; `tenant drift` does not see grants of roles.",
)

applies = tables.rows


def check(case: Case) -> Report:
    """SET ROLE and SET SESSION AUTHORIZATION to each of B's roles."""
    a, who, theirs = case.a, case.acting, case.b.blueprint.of(DatabaseSpec)
    roles = [role for role in (theirs.login, theirs.owner, theirs.reader) if role]
    return Report(
        (trying("SET ROLE to itself", lambda: who.sql(a, f'SET ROLE "{a.slug}"')),),
        tuple(
            trying(f"{words} {role}", lambda w=words, r=role: who.sql(a, f'{w} "{r}"'))
            for role in roles
            for words in ("SET ROLE", "SET SESSION AUTHORIZATION")
        ),
    )
