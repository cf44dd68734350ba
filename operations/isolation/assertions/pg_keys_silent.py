"""A duplicate that is refused tells that somebody has it."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import POOL, Assertion, Level, Report, Shows, finding, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-keys-silent",
    numbers=(43,),
    claim="No key of a shared table tells of others' rows: each has `tenant_id` in it, or only values nobody guesses.",
    kind="database",
    level=Level.CONFIG,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN",),
    control="The catalogue of keys is read.",
    remedy="Let the key begin with `tenant_id`, or let it be a random UUID.",
    shows=Shows(local="by the keys: no duplicate is tried", aws="by the keys"),
)

_KEYS = f"""
SELECT format('%I.%I: %I', n.nspname, c.relname, i.relname)
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indisunique AND {tables.OURS} AND has_table_privilege(c.oid, 'INSERT')
AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = '{tables.COLUMN}'
    AND a.attnum = ANY (x.indkey))
AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey)
    AND a.atttypid = 'uuid'::regtype)
ORDER BY 1
"""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login."""
    a, who = case.a, case.acting
    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_index")),),
        (finding("keys that tell of others' rows", lambda: [str(row[0]) for row in who.sql(a, _KEYS)]),),
    )
