"""Who works with shared tables does not rule over them."""

from __future__ import annotations

from operations.isolation import tables
from operations.isolation.model import POOL, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-rows-fixed",
    numbers=(36, 38),
    claim="The tenant's login can't turn row security off, change a policy, empty a shared table or add one.",
    kind="database",
    level=Level.LIVE,
    models=POOL,
    answers=("database.NEIGHBOURS_ROWS_HIDDEN", "database.LOGIN_IS_NOT_PRIVILEGED"),
    control="The login reads the table.",
    remedy="Take the right or the table away from the login, as master; then `tenant data policies apply TENANT`.",
)

_TRIED = (
    ("SET LOCAL row_security = off", "SELECT 1 FROM {table} LIMIT 1"),
    ("TRUNCATE {table}",),
    ("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",),
    ("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",),
    ("CREATE POLICY tenant_verify ON {table} USING (true)",),
    ("CREATE TABLE {table}_tenant_verify (n int)",),
)


def check(case: Case) -> Report:
    """On every table that the tenant works with; rolled back."""
    a, who = case.a, case.acting
    common = tables.shared(case)
    return Report(
        tuple(
            trying(f"SELECT from {table}", lambda t=table: who.sql(a, f"SELECT 1 FROM {t} LIMIT 1")) for table in common
        ),
        tuple(
            trying(
                "; ".join(words).format(table=table),
                lambda w=words, t=table: who.sql(a, tables.PATIENCE, *(each.format(table=t) for each in w)),
            )
            for table in common
            for words in _TRIED
        ),
    )
