"""Row security of one schema: what is there, what is wrong with it, and the statements that put it right.

A row belongs to the tenant that its column names, and a login is its tenant's by its name: `<slug>`, or
`<slug>_<suffix>` for a member. A setting of the session could be forged by whoever holds a login; its name can't.
All SQL about policies stands here. What decides is pure: facts in, sentences and statements out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import sql

from engine.providers.postgresql.grantees import EVERYBODY
from engine.providers.postgresql.session import Session, name, words

POLICY: Final = "tenant_rows"
MEMBER_COLUMN: Final = "member_id"
PRIVILEGES: Final = ("DELETE", "INSERT", "SELECT", "UPDATE")
"""What row security covers: TRUNCATE, REFERENCES and TRIGGER go round it."""

_LOCK_WAIT = "SET LOCAL lock_timeout = '10s'"
_LOGIN = "(CURRENT_USER)::text"
_UNDERSCORE = f"strpos({_LOGIN}, '_'::text)"

_TABLES = """
SELECT c.relname::text, pg_get_userbyid(c.relowner)::text, c.relowner = %(role)s::bigint::oid, c.relrowsecurity,
       c.relforcerowsecurity, {column}, {member},
       coalesce((SELECT json_agg(json_build_object('name', p.polname, 'command', p.polcmd,
           'permissive', p.polpermissive, 'roles', ARRAY(SELECT unnest(p.polroles)::bigint),
           'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
           ORDER BY p.polname) FROM pg_policy p WHERE p.polrelid = c.oid), '[]'),
       {granted}, {public},
       EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) x
               WHERE a.attrelid = c.oid AND x.grantee IN (0, %(role)s::bigint::oid))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p') ORDER BY 1
"""
_COLUMN = """(SELECT CASE WHEN a.atttypid = 'text'::regtype THEN quote_ident(a.attname)
    ELSE '(' || quote_ident(a.attname) || ')::text' END
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = %({which})s AND a.attnum > 0 AND NOT a.attisdropped)"""
_GRANTED = """ARRAY(SELECT x.privilege_type || CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END
    FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x WHERE x.grantee = {grantee} ORDER BY 1)"""

_ROUND_IT = """
SELECT c.relname || CASE c.relkind WHEN 'v' THEN ': a view that reads with its owner''s rights'
       WHEN 'm' THEN ': a materialized view, which has no policies' ELSE ': a foreign table, which has no policies' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND (c.relkind IN ('m', 'f') OR c.relkind = 'v' AND NOT coalesce(
    (SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_invoker'),
    false))
AND (has_table_privilege(%(role)s::bigint::oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
     OR has_any_column_privilege(%(role)s::bigint::oid, c.oid, 'SELECT, INSERT, UPDATE'))
UNION ALL
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || '): '
       || CASE WHEN p.prosecdef THEN 'a function with its owner''s rights' ELSE 'a function called leakproof' END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = %(schema)s AND (p.prosecdef OR p.proleakproof)
AND has_function_privilege(%(role)s::bigint::oid, p.oid, 'EXECUTE')
UNION ALL
SELECT r.rolname || ': the role goes round all policies' FROM pg_roles r
WHERE r.oid = %(role)s::bigint::oid AND (r.rolsuper OR r.rolbypassrls)
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which role may do what on which schema's tables; `role_id` is its oid."""

    schema: str
    column: str
    role: str
    role_id: int
    privileges: frozenset[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as the catalog has it; `command` is `*` for all, `roles` are oids, 0 for everybody."""

    name: str
    command: str
    permissive: bool
    roles: frozenset[int]
    using: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `column` and `member` are the texts by which its columns are compared, None where it has none."""

    name: str
    owner: str
    owned_by_role: bool
    enabled: bool
    forced: bool
    column: str | None
    member: str | None
    policies: tuple[Policy, ...]
    granted: frozenset[str]
    public: frozenset[str]
    on_columns: bool

    @property
    def policy(self) -> Policy | None:
        """Ours, by its name."""
        return next((each for each in self.policies if each.name == POLICY), None)


def tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """The schema's ordinary and partitioned tables, partitions too, by name. Raises ProviderError."""
    query = _TABLES
    for slot, text in (
        ("{column}", _COLUMN.replace("{which}", "column")),
        ("{member}", _COLUMN.replace("{which}", "member")),
        ("{granted}", _GRANTED.replace("{grantee}", "%(role)s::bigint::oid")),
        ("{public}", _GRANTED.replace("{grantee}", "0")),
    ):
        query = query.replace(slot, text)
    rows = session.ask(query, schema=wanted.schema, role=wanted.role_id, column=wanted.column, member=MEMBER_COLUMN)
    return tuple(_table(*row) for row in rows)


def _table(*row: Any) -> Table:
    named, owner, owned, enabled, forced, column, member, policies, granted, public, on_columns = row
    read = tuple(_policy(each) for each in policies)
    return Table(
        named, owner, owned, enabled, forced, column, member, read, frozenset(granted), frozenset(public), on_columns
    )


def _policy(told: dict[str, Any]) -> Policy:
    return Policy(
        told["name"], told["command"], told["permissive"], frozenset(told["roles"]), told["using"], told["check"]
    )


def exposed(session: Session, wanted: Wanted, found: Sequence[Table]) -> list[str]:
    """What goes round the policies and that the role could use, each with why. Raises ProviderError."""
    rows = session.ask(_ROUND_IT, schema=wanted.schema, role=wanted.role_id)
    return sorted([row[0] for row in rows] + [each for table in found for each in _wider(table, wanted)])


def _wider(table: Table, wanted: Wanted) -> Iterator[str]:
    if table.owned_by_role:
        yield f"{table.name}: owned by {wanted.role}, which can lift its policy"
    for each in table.policies:
        if each.name != POLICY and each.permissive and each.roles & {EVERYBODY, wanted.role_id}:
            yield f"{table.name}: policy {each.name} lets rows through beside ours"


def expression(table: Table) -> str:
    """Which rows a login may see and write, in the very words in which PostgreSQL gives it back."""
    own = f"({table.column} = split_part({_LOGIN}, '_'::text, 1))"
    if table.member is None:
        return own
    suffix = f"substr({_LOGIN}, ({_UNDERSCORE} + 1))"
    return f"({own} AND (({_UNDERSCORE} = 0) OR ({table.member} = {suffix})))"


def faults(table: Table, wanted: Wanted) -> Iterator[str]:
    """What is not as wanted. A table without the column is right when nobody but its owner reaches it."""
    if table.column is None:
        if table.granted or table.public or table.on_columns:
            yield f"no column {wanted.column}, and the role has privileges"
        return
    if not table.enabled:
        yield "row security is off"
    if not table.forced:
        yield "row security is not forced on the owner"
    if table.policy is None:
        yield "no policy"
    elif not _is_ours(table.policy, table, wanted):
        yield "another policy"
    if table.granted != wanted.privileges:
        yield f"privileges {', '.join(sorted(table.granted)) or 'none'}"
    if table.public:
        yield f"privileges of everybody {', '.join(sorted(table.public))}"
    if table.on_columns:
        yield "privileges on columns"


def _is_ours(policy: Policy, table: Table, wanted: Wanted) -> bool:
    right = Policy(POLICY, "*", True, frozenset({wanted.role_id}), expression(table), expression(table))
    return policy == right


def statements(table: Table, wanted: Wanted) -> Iterator[sql.Composable]:
    """What makes the table right, in this order: closed first, then the policy, and only then opened to the role.

    None where it is right already. They belong into one transaction. Row security takes an exclusive lock, so they
    give up rather than hold up everybody who waits behind.
    """
    if not any(faults(table, wanted)):
        return
    there = name(wanted.schema, table.name)
    yield words(_LOCK_WAIT)
    yield sql.SQL("REVOKE ALL ON TABLE {} FROM {}, PUBLIC").format(there, name(wanted.role))
    if table.column is None:
        return
    yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(there)
    yield sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(name(POLICY), there)
    rows = words(expression(table))
    yield sql.SQL("CREATE POLICY {} ON {} AS PERMISSIVE FOR ALL TO {} USING ({}) WITH CHECK ({})").format(
        name(POLICY), there, name(wanted.role), rows, rows
    )
    if wanted.privileges:
        listed = sql.SQL(", ").join(words(each) for each in sorted(wanted.privileges))
        yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(listed, there, name(wanted.role))


def closing(table: Table, wanted: Wanted) -> Iterator[sql.Composable]:
    """What takes the table back from the role. Row security stays on: the table is closed, not open to all."""
    there = name(wanted.schema, table.name)
    if table.granted or table.on_columns:
        yield sql.SQL("REVOKE ALL ON TABLE {} FROM {}").format(there, name(wanted.role))
    if table.policy is not None and wanted.role_id in table.policy.roles:
        yield sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(name(POLICY), there)
