"""The tables that a pool's tenants share, and rows in them: found in the catalogue by the tenant's own login.

Nothing is left behind: rows that a probe adds or changes are rolled back, and no table is made where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from operations.isolation.model import Came, Halted, NotObservable, Outcome, Party, Refusal, Unclear
from operations.isolation.ports import Acting, Case
from stacks.resources.database.spec import DatabaseSpec

COLUMN: Final = "tenant_id"
"""The column that says whose a row is."""
MEMBER_COLUMN: Final = "member_id"
"""The column that says of which of the tenant's members, where it has members and there is such a column."""
PATIENCE: Final = "SET LOCAL lock_timeout = '2s'"
"""What is tried holds nobody up: it gives up where somebody else works on the table."""
OURS: Final = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
"""Schemas that are not the server's own, `n` being pg_namespace."""

_SHARED: Final = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {OURS}
AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = '{COLUMN}' AND NOT a.attisdropped)
ORDER BY 1
"""
_COPIED: Final = f"""
SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = '{{table}}'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> '{COLUMN}'
AND attgenerated = '' AND attidentity <> 'a' AND has_column_privilege(attrelid, attnum, 'INSERT')
AND has_column_privilege(attrelid, attnum, 'SELECT')
"""


def rows(a: Party, b: Party | None) -> bool:
    """Whether two tenants have rows in the same tables."""
    return b is not None and a.blueprint.of(DatabaseSpec).identifier == b.blueprint.of(DatabaseSpec).identifier


def shared(case: Case) -> tuple[str, ...]:
    """Tables that A works with, quoted, sorted. Raises NotObservable where there is none yet."""
    found = tuple(str(row[0]) for row in case.acting.sql(case.a, _SHARED))
    if not found:
        raise NotObservable("there is no table yet that tenants share: nothing is made to be tried on")
    return found


def one(table: str, slug: str) -> str:
    """A statement that gives one row of a tenant's, if it is seen."""
    return f"SELECT 1 FROM {table} WHERE {COLUMN} = '{slug}' LIMIT 1"


def like_own(case: Case, table: str) -> Callable[[str], str] | None:
    """By slug the statement that adds a row like one of A's with that `tenant_id`; None where A has no row there.

    A row that A has is one that partitions, domains and triggers take. Columns that the server fills are left to it.
    """
    a, who = case.a, case.acting
    if not who.sql(a, one(table, a.slug)):
        return None
    literal = table.replace("'", "''")
    ((columns,),) = who.sql(a, _COPIED.format(table=literal))
    more = f", {columns}" if columns else ""

    def statement(slug: str) -> str:
        copied = f"SELECT '{slug}'{more} FROM {table} WHERE {COLUMN} = '{a.slug}' LIMIT 1"
        return f"INSERT INTO {table} ({COLUMN}{more}) {copied}"

    return statement


def hidden(tried: str, who: Acting, at: Party, *statements: str) -> Outcome:
    """Rows that must not be there: none, or a refusal, is closed."""
    try:
        found: Sequence[object] = who.sql(at, *statements)
    except Refusal as refusal:
        return Outcome(tried, Came.REFUSED, str(refusal))
    except Halted as halted:
        return Outcome(tried, Came.WORKED, str(halted))
    except Unclear as unclear:
        return Outcome(tried, Came.UNCLEAR, str(unclear))
    return Outcome(tried, Came.WORKED if found else Came.REFUSED, "", "a row" if found else "no rows")


def let_in(who: Acting, at: Party, *statements: str) -> None:
    """Do it; what only a constraint stops was let in. Raises Refusal and Unclear."""
    try:
        who.sql(at, PATIENCE, *statements)
    except Halted:
        return
