"""A login that is more than a login goes round everything else."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import SHARED, Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case
from stacks.blueprint.data import DEPLOYER, MASTER

ASSERTION = Assertion(
    id="pg-logins-plain",
    numbers=(40,),
    claim="No login of a shared server goes round policies or makes roles, and none of a tenant's owns anything there.",
    kind="database",
    level=Level.CONFIG,
    models=SHARED,
    answers=("database.LOGIN_IS_NOT_PRIVILEGED",),
    control="The catalogue of roles is read.",
    remedy="`ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB`, `ALTER … OWNER TO`, as master.",
)

_LOGINS = f"""
SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname !~ '^(rds|postgres$)' AND rolname <> '{MASTER}'
AND (rolsuper OR rolbypassrls OR rolreplication OR rolname <> '{DEPLOYER}' AND (rolcreaterole OR rolcreatedb))
ORDER BY 1
"""
_OWNED = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_roles r ON r.oid = c.relowner WHERE {tables.OURS} AND r.rolname ~ '^t[a-z2-7]{{9}}$'
UNION SELECT n.nspname FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
WHERE {tables.OURS} AND r.rolname ~ '^t[a-z2-7]{{9}}$' ORDER BY 1
"""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login: the server's own roles are not looked at."""
    a, who = case.a, case.acting

    def names(statement: str) -> list[str]:
        return [str(row[0]) for row in who.sql(a, statement)]

    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_roles")),),
        (
            finding("logins with more rights", lambda: names(_LOGINS)),
            finding("what logins of tenants own", lambda: names(_OWNED)),
        ),
    )
