"""Three roles: an owner that makes tables, a login that works with rows, a reader that reads them."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import BRIDGE, Assertion, Level, Report, finding, there, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="pg-slice-roles",
    numbers=(44, 45),
    claim="The tenant's login makes no tables or schemas, and its reader writes nothing.",
    kind="database",
    level=Level.LIVE,
    models=BRIDGE,
    answers=("database.LOGIN_IS_NOT_PRIVILEGED",),
    control="The login uses its own schema.",
    remedy="Take the right away, as the owner: `REVOKE CREATE ON SCHEMA …`, `REVOKE INSERT, UPDATE, DELETE …`.",
)

_USES = "SELECT has_schema_privilege('{schema}', 'USAGE')"
_WRITES = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {tables.OURS} AND (
    has_table_privilege('{{reader}}', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege('{{reader}}', c.oid, 'INSERT, UPDATE'))
ORDER BY 1
"""


def check(case: Case) -> Report:
    """What the login tries is rolled back; what the reader may is read from the catalogue."""
    a, who, spec = case.a, case.acting, case.a.blueprint.of(DatabaseSpec)
    tried = (f'CREATE TABLE "{spec.schema}".tenant_verify (n int)', "CREATE SCHEMA tenant_verify")
    return Report(
        (there("its own schema", lambda: who.sql(a, _USES.format(schema=spec.schema))[0][0] is True),),
        (
            *(trying(statement, lambda s=statement: who.sql(a, s)) for statement in tried),
            finding(
                "what its reader may write",
                lambda: [str(row[0]) for row in who.sql(a, _WRITES.format(reader=spec.reader))],
            ),
        ),
    )
