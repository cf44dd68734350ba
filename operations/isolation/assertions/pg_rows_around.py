"""What reads with its owner's rights goes round all policies."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import POOL, Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-rows-around",
    numbers=(41,),
    claim="Nothing that the tenant's login can use goes round row security: no view, copy or function.",
    kind="database",
    level=Level.CONFIG,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN",),
    control="The catalogue is read.",
    remedy="Give the view `security_invoker = true`; take the copy or the function from the group: `REVOKE` it.",
)

_RELATIONS = f"""
SELECT format('%I.%I', n.nspname, c.relname) || CASE c.relkind WHEN 'v' THEN ': a view with its owner''s rights'
    WHEN 'm' THEN ': a materialized view' ELSE ': a foreign table' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {tables.OURS} AND (c.relkind IN ('m', 'f') OR c.relkind = 'v' AND NOT coalesce(
    (SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_invoker'),
    false))
AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')
     OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1
"""
_FUNCTIONS = f"""
SELECT format('%I.%I', n.nspname, p.proname) || CASE WHEN p.prosecdef THEN ': a function with its owner''s rights'
    ELSE ': a function called leakproof' END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {tables.OURS} AND (p.prosecdef OR p.proleakproof) AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1
"""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login."""
    a, who = case.a, case.acting

    def names(statement: str) -> list[str]:
        return [str(row[0]) for row in who.sql(a, statement)]

    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_class")),),
        (
            finding("views and copies round the policies", lambda: names(_RELATIONS)),
            finding("functions round the policies", lambda: names(_FUNCTIONS)),
        ),
    )
