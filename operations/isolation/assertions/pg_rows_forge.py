"""Nobody writes rows in another one's name."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import POOL, Assertion, Level, Report, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="pg-rows-forge",
    numbers=(33,),
    claim="No tenant adds a row that is another one's.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN",),
    control="A adds a row of its own: policies are asked before constraints, so one that a constraint stops counts.",
    remedy="Put the table's policy back: `tenant data policies apply TENANT`; `tenant shared drift` names it.",
)

applies = tables.rows


def check(case: Case) -> Report:
    """In every table that A works with; rolled back."""
    a, b, who = case.a, case.b, case.acting
    common = tables.shared(case)
    return Report(
        tuple(
            trying(f"a row of its own in {table}", lambda t=table: _insert(who, case, t, a.slug)) for table in common
        ),
        tuple(
            trying(f"a row of {b.tenant} in {table}", lambda t=table: _insert(who, case, t, b.slug)) for table in common
        ),
    )


def _insert(who: Acting, case: Case, table: str, slug: str) -> None:
    tables.let_in(who, case.a, f"INSERT INTO {table} ({tables.COLUMN}) VALUES ('{slug}')")
