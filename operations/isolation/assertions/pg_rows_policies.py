"""One policy a table, which compares a row's tenant with the login's name, and binds the owner too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from operations.isolation import reference, tables
from operations.isolation.model import POOL, Assertion, Level, Report, finding, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pg-rows-policies",
    numbers=(37, 39),
    claim="Each table that the tenant's login can use at all has forced row security and only the policy of this tool; "
    "reference tables that it is given need none, where no column names tenants.",
    kind="database",
    level=Level.CONFIG,
    models=POOL,
    answers=("database.EVERY_SHARED_TABLE_HAS_ITS_POLICY",),
    control="The catalogue of policies is read.",
    remedy="`tenant data policies apply TENANT` mends a table; a policy beside ours is dropped by hand.",
)

_USED = f"""
SELECT format('%I.%I', n.nspname, c.relname), c.relrowsecurity, c.relforcerowsecurity,
    EXISTS (SELECT FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = '{tables.MEMBER_COLUMN}' AND NOT a.attisdropped),
    has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER') OR pg_has_role(c.relowner, 'MEMBER'),
    coalesce((SELECT json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
        ORDER BY p.polname) FROM pg_policy p WHERE p.polrelid = c.oid AND EXISTS (
            SELECT FROM unnest(p.polroles) r WHERE r = 0 OR pg_has_role(r, 'MEMBER'))), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND {tables.OURS} AND NOT (n.nspname = ANY ('{{{{{{given}}}}}}') AND NOT EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = '{tables.COLUMN}' AND NOT a.attisdropped)
) AND (
    has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
ORDER BY 1
"""
_LOGIN = "(CURRENT_USER)::text"
_COLUMNS = (("tenant_id", "member_id"), ("(tenant_id)::text", "(member_id)::text"))
_SUFFIX = f"strpos({_LOGIN}, '_'::text)"


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login: it needs no administrator."""
    a, who = case.a, case.acting
    used = _USED.format(given=reference.listed(reference.given(a)))

    def faults() -> list[str]:
        return [each for row in who.sql(a, used) for each in _faults(*row)]

    return Report(
        (trying("the catalogue", lambda: who.sql(a, "SELECT count(*) FROM pg_policy")),),
        (finding("tables that are not closed by row", faults),),
    )


def _faults(
    table: str, enabled: bool, forced: bool, members: bool, rules: bool, policies: list[Mapping[str, Any]]
) -> Iterator[str]:
    if not enabled:
        yield f"{table}: row security is off"
    if not forced:
        yield f"{table}: row security is not forced on its owner"
    if rules:
        yield f"{table}: the login has rights that no policy covers"
    permissive = [each for each in policies if each["permissive"]]
    if not permissive:
        yield f"{table}: no policy"
    yield from (f"{table}: policy {each['name']}" for each in permissive if not _ours(each, members))


def _ours(policy: Mapping[str, Any], members: bool) -> bool:
    """Both of what is seen and of what is written, for all commands; by member too where rows say whose they are."""
    known = {_rows(tenant, member if members else "") for tenant, member in _COLUMNS}
    return policy["command"] == "*" and policy["using"] in known and policy["check"] == policy["using"]


def _rows(tenant: str, member: str) -> str:
    """Which rows a login may see, in the words in which PostgreSQL gives it back."""
    own = f"({tenant} = split_part({_LOGIN}, '_'::text, 1))"
    if not member:
        return own
    return f"({own} AND (({_SUFFIX} = 0) OR ({member} = substr({_LOGIN}, ({_SUFFIX} + 1)))))"
