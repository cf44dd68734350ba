"""Rows of other members are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.isolation import membership, tables
from operations.isolation.model import POOL, Assertion, Level, NotObservable, Outcome, Report, there
from operations.isolation.ports import Case
from stacks.resources.members.spec import MemberPlan

ASSERTION = Assertion(
    id="members-rows",
    numbers=(32, 34),
    claim="No member sees, changes or adds another one's rows, in tables that say by `member_id` whose a row is.",
    kind="members",
    level=Level.LIVE,
    models=POOL,
    answers=("members.MEMBERS_DATA_APART",),
    control="The tenant's own login sees rows of its members in the same table, by the same policy.",
    remedy="Put the table's policy back: `tenant data policies apply TENANT`; `tenant shared drift` names it.",
)

applies = membership.some

_COLUMN: Final = tables.MEMBER_COLUMN
_SPLIT: Final = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {tables.OURS}
AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
AND (SELECT count(*) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attname IN ('{tables.COLUMN}', '{_COLUMN}') AND NOT a.attisdropped) = 2
ORDER BY 1
"""


def check(case: Case) -> Report:
    """In every table that members have rows in; nothing is changed that is not theirs."""
    a, who = case.a, case.acting
    found = [str(row[0]) for row in who.sql(a, _SPLIT)]
    used = [table for table in found if who.sql(a, f"SELECT 1 FROM {table} WHERE {_COLUMN} <> '' LIMIT 1")]
    if not used:
        raise NotObservable("no shared table has rows of members yet: nothing is made to be tried on")
    return Report(
        tuple(there(f"rows of members in {table}", lambda: True) for table in used),
        tuple(
            outcome
            for table in used
            for member, _ in membership.directions(a)
            for outcome in _tried(case, table, member)
        ),
    )


def _tried(case: Case, table: str, member: MemberPlan) -> Iterator[Outcome]:
    a, who = case.a, case.member(member)
    others = f"{_COLUMN} IS DISTINCT FROM '{member.code}'"
    row = f"ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {others} LIMIT 1))"
    update = f"UPDATE {table} SET {_COLUMN} = {_COLUMN} WHERE {row} RETURNING 1"
    delete = f"DELETE FROM {table} WHERE {row} RETURNING 1"
    yield tables.hidden(f"{member.id}: SELECT", who, a, f"SELECT 1 FROM {table} WHERE {others} LIMIT 1")
    yield tables.hidden(f"{member.id}: UPDATE", who, a, tables.PATIENCE, update)
    yield tables.hidden(f"{member.id}: DELETE", who, a, tables.PATIENCE, delete)
