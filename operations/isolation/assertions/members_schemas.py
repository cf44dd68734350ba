"""A member works in its own schema, and in no other."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import membership, reference, tables
from operations.isolation.model import BRIDGE, Assertion, Level, Outcome, Report, finding, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MemberPlan, MembersSpec

ASSERTION = Assertion(
    id="members-schemas",
    numbers=(41, 45),
    claim="No member uses another one's schema, its tenant's, or any table but its own and those its tenant is given.",
    kind="members",
    level=Level.LIVE,
    models=BRIDGE,
    answers=("members.MEMBERS_DATA_APART",),
    control="Each makes a table in its own schema.",
    remedy="Take the right away, as whoever granted it: `REVOKE … ON SCHEMA …`; the owner of a schema may grant it.",
)

applies = membership.some

_USED = f"""
SELECT n.nspname FROM pg_namespace n WHERE {tables.OURS} AND n.nspname <> ALL ('{{{{public,{{own}}}}}}')
AND (has_schema_privilege(n.oid, 'USAGE') OR has_schema_privilege(n.oid, 'CREATE')) ORDER BY 1
"""
_READ = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {tables.OURS} AND n.nspname <> ALL ('{{{{{{own}}}}}}') AND (
    has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1
"""

_GIVEN = """
SELECT format('%s: %s', coalesce(r.rolname, 'everybody'), n.nspname)
FROM pg_namespace n, aclexplode(n.nspacl) AS g LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE n.nspname = ANY ('{{{schemas}}}') AND g.grantee <> n.nspowner
AND (g.grantee = 0 OR r.rolname = ANY ('{{{logins}}}')) ORDER BY 1
"""
"""Rights on schemas of members, of all of them: without one on its schema there is none to a table."""


def check(case: Case) -> Report:
    """What is tried is rolled back; what it might use is read from the catalogue, with its own login."""
    a, found = case.a, membership.directions(case.a)
    return Report(
        tuple(
            trying(f"{membership.name(a, member)} makes a table", lambda m=member: _make(case, m, m.schema))
            for member, _ in found
        ),
        (
            *(outcome for member, other in found for outcome in _tried(case, member, other)),
            finding("members with a right on another one's schema", lambda: _given(case)),
        ),
    )


def _given(case: Case) -> list[str]:
    members = case.a.blueprint.of(MembersSpec).members
    schemas = reference.listed(each.schema for each in members)
    logins = reference.listed(each.login for each in members)
    return [str(row[0]) for row in case.acting.sql(case.a, _GIVEN.format(schemas=schemas, logins=logins))]


def _tried(case: Case, member: MemberPlan, other: MemberPlan | None) -> Iterator[Outcome]:
    who = case.member(member)
    own = reference.listed((member.schema, *reference.given(case.a)))
    schemas = (*([other.schema] if other else ()), case.a.blueprint.of(DatabaseSpec).schema)
    for schema in schemas:
        yield trying(f"{member.id} makes a table in {schema}", lambda s=schema: _make(case, member, s))
    for what, query in (("schemas", _USED), ("tables", _READ)):
        yield finding(
            f"other {what} that {member.id} may use",
            lambda q=query: [str(row[0]) for row in who.sql(case.a, q.format(own=own))],
        )


def _make(case: Case, member: MemberPlan, schema: str) -> None:
    case.member(member).sql(case.a, f'CREATE TABLE "{schema}".tenant_verify (n int)')
