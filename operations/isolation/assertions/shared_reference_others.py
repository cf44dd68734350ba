"""Whose profile does not name a schema of reference tables does not read them."""

from __future__ import annotations

from operations.isolation import reference
from operations.isolation.model import SHARED, Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="shared-reference-others",
    numbers=(41, 45),
    claim="No tenant reads reference tables that its profile does not name, though another one's does.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("database.OTHER_REFERENCE_TABLES_CLOSED",),
    control="B, whose profile names them, reads them.",
    remedy="`REVOKE` what PUBLIC or a role of A's was granted, as the application; or name them in A's profile.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where B is given more than A, in a database of both."""
    return b is not None and _place(a) == _place(b) and bool(_others(a, b))


def check(case: Case) -> Report:
    """In one table of each schema."""
    a, b, who = case.a, case.b, case.acting
    found = reference.tables(case, _others(a, b))
    return Report(
        tuple(trying(f"{b.tenant} reads {t.name}", lambda t=t: case.neighbour.sql(b, t.read)) for t in found),
        tuple(trying(f"SELECT from {t.name}", lambda t=t: who.sql(a, t.read)) for t in found),
    )


def _others(a: Party, b: Party) -> tuple[str, ...]:
    own = reference.given(a)
    return tuple(schema for schema in reference.given(b) if schema not in own)


def _place(party: Party) -> tuple[str, str]:
    spec = party.blueprint.of(DatabaseSpec)
    return spec.identifier, spec.database
