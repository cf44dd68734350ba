"""On a shared server a tenant gets into its own database, and there into its own schema."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation.model import SHARED, Assertion, Level, Outcome, Party, Report, finding, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="pg-connect-others",
    numbers=(44,),
    claim="No tenant gets into another one's database or schema, nor into any other of their server.",
    kind="database",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("database.NEIGHBOURS_SCHEMAS_CLOSED", "database.NEIGHBOURS_CANNOT_LOG_IN"),
    control="Both get into their own.",
    remedy="`REVOKE CONNECT ON DATABASE … FROM` the login or PUBLIC, `REVOKE USAGE ON SCHEMA …`, as its owner.",
)

_OTHERS = "SELECT datname FROM pg_database WHERE datallowconn AND datname <> current_database() ORDER BY 1"
_USED = """
SELECT privilege FROM unnest('{{USAGE,CREATE}}'::text[]) privilege WHERE has_schema_privilege('{schema}', privilege)
"""


def applies(a: Party, b: Party | None) -> bool:
    """Where they are on one server, and not in one pool."""
    return b is not None and _place(a)[0] == _place(b)[0] and _place(a)[1:] != _place(b)[1:]


def check(case: Case) -> Report:
    """A's login in each database but its own; or in B's schema, where both are in one database."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (
            trying(f"{a.tenant} in its own database", lambda: who.sql(a, "SELECT 1")),
            trying(f"{b.tenant} in its own database", lambda: case.neighbour.sql(b, "SELECT 1")),
        ),
        tuple(_tried(case)),
    )


def _tried(case: Case) -> Iterator[Outcome]:
    a, who, (_, database, schema) = case.a, case.acting, _place(case.b)
    yield from (
        trying(f"CONNECT to {name}", lambda n=name: who.sql(a, "SELECT 1", database=n))
        for (name,) in who.sql(a, _OTHERS)
    )
    if database == _place(a)[1]:
        yield finding(
            f"what it may in schema {schema}",
            lambda: [str(row[0]) for row in who.sql(a, _USED.format(schema=schema))],
        )


def _place(party: Party) -> tuple[str, str, str]:
    spec = party.blueprint.of(DatabaseSpec)
    return spec.identifier, spec.database, spec.schema
