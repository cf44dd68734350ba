"""Who is let in to a slice, now and by default, is written in its lists."""

from __future__ import annotations

from operations.isolation.model import BRIDGE, Assertion, Level, Report, finding, there
from operations.isolation.ports import Case
from stacks.blueprint.data import APPLICATION, CONNECTING_GROUP, DEPLOYER, MASTER
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MembersSpec

ASSERTION = Assertion(
    id="pg-slice-grants",
    numbers=(44, 45),
    claim="Database, schema and what its owner makes are open to the tenant's own login and reader, as was declared.",
    kind="database",
    level=Level.CONFIG,
    models=BRIDGE,
    answers=("database.NEIGHBOURS_SCHEMAS_CLOSED",),
    control="The login and the reader are among those who are let in.",
    remedy="Put them back: `tenant apply TENANT --refresh`; what the tool never granted is revoked by hand.",
)

_GRANTED = """
SELECT what, coalesce(r.rolname, 'PUBLIC'), string_agg(a.privilege_type, ',' ORDER BY a.privilege_type) FROM (
    SELECT 'database' AS what, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl
        FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'schema', nspowner, coalesce(nspacl, acldefault('n', nspowner))
        FROM pg_namespace WHERE nspname = '{schema}'
    UNION ALL SELECT 'new ' || defaclobjtype::text, defaclrole, defaclacl FROM pg_default_acl d
        WHERE pg_get_userbyid(defaclrole) = '{owner}'
) found, aclexplode(found.acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> found.owner GROUP BY 1, 2 ORDER BY 1, 2
"""


def check(case: Case) -> Report:
    """Read from the catalogue, with the tenant's own login; what the owners themselves may is not looked at."""
    a, who, spec = case.a, case.acting, case.a.blueprint.of(DatabaseSpec)
    rows = who.sql(a, _GRANTED.format(schema=spec.schema, owner=spec.owner))
    found = {f"{what} to {role}: {granted}" for what, role, granted in rows}
    needed = _declared(spec) | _of_members(a.blueprint.of(MembersSpec))
    return Report(
        tuple(there(each, lambda e=each: e in found) for each in sorted(needed)),
        (finding("others who are let in, or more", lambda: sorted(found - needed - _of_the_cell(spec))),),
    )


def _declared(spec: DatabaseSpec) -> set[str]:
    login, reader = spec.login, spec.reader
    connecting = (
        {f"database to {each}: CONNECT,TEMPORARY" for each in (login, reader)} if spec.own_database else set[str]()
    )
    return {
        *connecting,
        *(f"schema to {each}: USAGE" for each in (login, reader)),
        f"new r to {login}: DELETE,INSERT,SELECT,UPDATE",
        f"new r to {reader}: SELECT",
        f"new S to {login}: SELECT,USAGE",
        f"new S to {reader}: SELECT",
    }


def _of_members(spec: MembersSpec) -> set[str]:
    return {f"database to {spec.group}: CONNECT,TEMPORARY"} if spec.own_group and spec.members else set()


def _of_the_cell(spec: DatabaseSpec) -> set[str]:
    """In a database that is the cell's: who makes schemas, or tables that all read, and the group that connects."""
    if spec.own_database:
        return set()
    return {
        f"database to {APPLICATION}: CONNECT",
        f"database to {CONNECTING_GROUP}: CONNECT",
        f"database to {DEPLOYER}: CONNECT,CREATE",
        f"database to {MASTER}: CONNECT,CREATE,TEMPORARY",
    }
