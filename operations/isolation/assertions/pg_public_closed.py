"""What is open to PUBLIC is open to whoever comes later."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case
from stacks.inputs.fields import Isolation

ASSERTION = Assertion(
    id="pg-public-closed",
    numbers=(45,),
    claim="PUBLIC connects neither to the tenant's database nor to any of a shared server, nor creates in a schema.",
    kind="database",
    level=Level.CONFIG,
    answers=("database.PUBLIC_CANNOT_CONNECT",),
    control="The tenant's login connects, and reads the catalogue.",
    remedy="`REVOKE CONNECT ON DATABASE … FROM PUBLIC`, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`, as master.",
)

_CONNECT = """
SELECT datname FROM pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
WHERE datallowconn AND (datname = current_database() OR {everywhere})
AND a.grantee = 0 AND a.privilege_type IN ('CONNECT', 'CREATE', 'TEMPORARY')
"""
_CREATE = """
SELECT nspname FROM pg_namespace n, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' AND a.grantee = 0 AND a.privilege_type = 'CREATE'
"""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login: it needs no administrator."""
    a, who = case.a, case.acting
    shared = str(a.model("database") is not Isolation.SILO).lower()

    def names(statement: str) -> list[str]:
        return [str(row[0]) for row in who.sql(a, statement)]

    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_database")),),
        (
            finding("databases that PUBLIC may enter", lambda: names(_CONNECT.format(everywhere=shared))),
            finding("schemas that PUBLIC may create in", lambda: names(_CREATE)),
        ),
    )
