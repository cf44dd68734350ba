"""Tables that are shared on purpose are read by those whose profile names their schema, and not written."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import reference, tables
from operations.isolation.model import (
    SHARED,
    Assertion,
    Level,
    Outcome,
    Party,
    Report,
    finding,
    trying,
)
from operations.isolation.ports import Case
from operations.isolation.reference import Table

ASSERTION = Assertion(
    id="shared-reference-read-only",
    numbers=(41, 45),
    claim="Reference tables that the tenant is given it reads, and neither writes, empties nor adds to.",
    kind="database",
    level=Level.LIVE,
    models=SHARED,
    answers=("database.REFERENCE_TABLES_READ_ONLY",),
    control="It reads a table of each schema that it is given.",
    remedy="`tenant shared apply --refresh` takes it from the readers; what others were granted is revoked by hand.",
)

_MORE = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY ('{{{schemas}}}') AND (
    has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')) ORDER BY 1
"""


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants that are given some."""
    return bool(reference.given(a))


def check(case: Case) -> Report:
    """One table of a schema stands for all in what is tried, which is rolled back; all are looked up."""
    a, who, schemas = case.a, case.acting, reference.given(case.a)
    found = reference.tables(case, schemas)
    more = _MORE.format(schemas=reference.listed(schemas))
    return Report(
        tuple(trying(f"SELECT from {each.name}", lambda t=each: who.sql(a, t.read)) for each in found),
        (
            *(outcome for each in found for outcome in _tried(case, each)),
            finding("tables that it may do more with", lambda: [str(row[0]) for row in who.sql(a, more)]),
        ),
    )


def _tried(case: Case, table: Table) -> Iterator[Outcome]:
    """No row is touched: PostgreSQL asks for the right before it looks for one."""
    a, who = case.a, case.acting
    for statement in (
        f"INSERT INTO {table.name} DEFAULT VALUES",
        f"UPDATE {table.name} SET {table.column} = {table.column} WHERE false",
        f"DELETE FROM {table.name} WHERE false",
        f"TRUNCATE {table.name}",
        f"CREATE TABLE {table.schema}.tenant_verify (n int)",
    ):
        yield trying(statement, lambda s=statement: tables.let_in(who, a, s))
