"""Rows of others are not there."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import tables
from operations.isolation.model import POOL, Assertion, Level, NotObservable, Outcome, Report, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-rows-read",
    numbers=(32, 34),
    claim="No tenant sees, changes or deletes another one's rows, whatever it sets in its session.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN",),
    control="B sees rows of its own in the same table, by the same policy.",
    remedy="Put the table's policy back: `tenant data policies apply TENANT`; `tenant shared drift` names it.",
)

applies = tables.rows

_NAMES = """
SELECT DISTINCT m[1] FROM pg_policies, regexp_matches(concat(qual, with_check), 'current_setting\\(''([^'']+)''', 'g') m
"""
_USUAL = ("app.tenant_id", "app.tenant", "app.current_tenant", "tenant.id")
"""Variables that applications go by; those that a policy asks are tried too."""


def check(case: Case) -> Report:
    """In every table that B has rows in."""
    a, b, who = case.a, case.b, case.acting
    common = tables.shared(case)
    theirs = [table for table in common if case.neighbour.sql(b, tables.one(table, b.slug))]
    if not theirs:
        raise NotObservable(f"{b.tenant} has no rows yet in the tables that they share")
    variables = sorted({*_USUAL, *(str(row[0]) for row in who.sql(a, _NAMES))})
    return Report(
        tuple(there(f"rows of {b.tenant} in {table}", lambda: True) for table in theirs),
        tuple(outcome for table in theirs for outcome in _tried(case, table, variables)),
    )


def _tried(case: Case, table: str, variables: list[str]) -> Iterator[Outcome]:
    a, b, who = case.a, case.b, case.acting
    row = f"ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {tables.COLUMN} = '{b.slug}' LIMIT 1))"
    forged = [f"SELECT set_config('{name}', '{b.slug}', true)" for name in variables]
    update = f"UPDATE {table} SET {tables.COLUMN} = {tables.COLUMN} WHERE {row} RETURNING 1"
    yield tables.hidden(f"SELECT from {table}", who, a, tables.one(table, b.slug))
    yield tables.hidden(f"SELECT from {table} as if variables said so", who, a, *forged, tables.one(table, b.slug))
    yield tables.hidden(f"UPDATE of {table}", who, a, tables.PATIENCE, update)
    yield tables.hidden(f"DELETE from {table}", who, a, tables.PATIENCE, f"DELETE FROM {table} WHERE {row} RETURNING 1")
