"""Nobody writes rows in another one's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from operations.isolation import tables
from operations.isolation.model import (
    POOL,
    Assertion,
    Level,
    NotObservable,
    Refusal,
    Report,
    Unasked,
    Unclear,
    Verdict,
    trying,
    verdict,
)
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-rows-forge",
    numbers=(33,),
    claim="No tenant adds a row that is another one's.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN",),
    control="A adds a row of its own: policies are asked before a table's constraints, so one that these stop counts.",
    remedy="Put the table's policy back: `tenant data policies apply TENANT`; `tenant shared drift` names it.",
)

applies = tables.rows


_Statement: TypeAlias = Callable[[str], str]


def check(case: Case) -> Report:
    """In every table that A works with; rolled back. One that takes no row of ours is told, not held."""
    a, b, who = case.a, case.b, case.acting
    found = {table: _way(case, table) for table in tables.shared(case)}
    ways = {table: way for table, way in found.items() if way}
    report = Report(
        tuple(
            trying(f"a row of its own in {table}", lambda w=way: tables.let_in(who, a, w(a.slug)))
            for table, way in ways.items()
        ),
        tuple(
            trying(f"a row of {b.tenant} in {table}", lambda w=way: tables.let_in(who, a, w(b.slug)))
            for table, way in ways.items()
        ),
    )
    untried = ", ".join(sorted({*found} - {*ways}))
    if untried and (not ways or verdict(report)[0] is Verdict.HELD):
        raise NotObservable(
            f"{untried}: partitions, a domain or a trigger stop a row of `{tables.COLUMN}` alone before policies are "
            f"asked, and {a.tenant} has no row there yet to try one like it"
        )
    return report


def _way(case: Case, table: str) -> _Statement | None:
    """How a row is added there: of `tenant_id` alone, else like one that A has. None where it has none."""

    def alone(slug: str) -> str:
        return f"INSERT INTO {table} ({tables.COLUMN}) VALUES ('{slug}')"

    try:
        tables.let_in(case.acting, case.a, alone(case.a.slug))
    except Unasked:
        return tables.like_own(case, table)
    except (Refusal, Unclear):
        return alone  # the control says what is wrong
    return alone
