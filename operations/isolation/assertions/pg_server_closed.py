"""A login that runs programs or reads files has the server, and with it whatever else is there."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Case
from stacks.inputs.fields import Isolation

ASSERTION = Assertion(
    id="pg-server-closed",
    numbers=(46,),
    claim="The tenant's login runs no programs, reads no files and makes no roles or databases.",
    kind="database",
    level=Level.LIVE,
    answers=("database.LOGIN_IS_NOT_PRIVILEGED",),
    control="The login makes a table in its own schema; where it may not, it reads the catalogue.",
    remedy="Take what it was given away, as master: superuser, CREATEROLE, CREATEDB, pg_execute_server_program.",
)

_TRIED = (
    "COPY (SELECT 1 WHERE false) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    "CREATE ROLE tenant_verify",
)


def check(case: Case) -> Report:
    """Each in a transaction that is rolled back."""
    a, who = case.a, case.acting
    return Report(
        (_works(case),),
        tuple(trying(statement, lambda s=statement: who.sql(a, s)) for statement in _TRIED),
    )


def _works(case: Case) -> Outcome:
    a, who = case.a, case.acting
    if a.model("database") is Isolation.SILO:
        return trying("CREATE TABLE in its own schema", lambda: who.sql(a, "CREATE TABLE tenant_verify (n int)"))
    return trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_class"))
