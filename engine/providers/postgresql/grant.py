"""`postgresql:index/grant:Grant` on a database, a schema, tables or sequences.

The privileges are exactly the ones listed: all others of the role on these objects are revoked in the same
transaction. An empty list revokes all, which is how CONNECT is taken from `public`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from psycopg import sql

from engine.providers.port import Call, CheckFailure, Props, ProviderError
from engine.providers.postgresql import grantees
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, comma, name, words

_ALL = "ALL"
_PRIVILEGES = {
    "database": ("CONNECT", "CREATE", "TEMPORARY"),
    "schema": ("CREATE", "USAGE"),
    "table": ("DELETE", "INSERT", "MAINTAIN", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"),
    "sequence": ("SELECT", "UPDATE", "USAGE"),
}
_INSIDE_A_SCHEMA = ("table", "sequence")

_ACL = """
SELECT o.name, o.owner, ARRAY(
    SELECT x.privilege_type FROM aclexplode(o.acl) x WHERE x.grantee = %(grantee)s ORDER BY 1
), coalesce((SELECT bool_and(x.is_grantable) FROM aclexplode(o.acl) x WHERE x.grantee = %(grantee)s), false),
   ARRAY(SELECT a.privilege_type FROM aclexplode(acldefault(o.kind, o.oid_owner)) a WHERE a.grantee = o.oid_owner)
FROM ({objects}) o ORDER BY 1
"""
_OBJECTS = {
    "database": """SELECT datname::text AS name, pg_get_userbyid(datdba)::text AS owner, datdba AS oid_owner,
        'd'::"char" AS kind, coalesce(datacl, acldefault('d', datdba)) AS acl
        FROM pg_database WHERE datname = %(database)s""",
    "schema": """SELECT nspname::text AS name, pg_get_userbyid(nspowner)::text AS owner, nspowner AS oid_owner,
        'n'::"char" AS kind, coalesce(nspacl, acldefault('n', nspowner)) AS acl
        FROM pg_namespace WHERE nspname = %(schema)s""",
    "table": """SELECT relname::text AS name, pg_get_userbyid(relowner)::text AS owner, relowner AS oid_owner,
        'r'::"char" AS kind, coalesce(relacl, acldefault('r', relowner)) AS acl
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = %(schema)s AND relkind IN ('r', 'v', 'm', 'f', 'p')
        AND (relname = ANY(%(objects)s::text[]) OR cardinality(%(objects)s::text[]) = 0)""",
    "sequence": """SELECT relname::text AS name, pg_get_userbyid(relowner)::text AS owner, relowner AS oid_owner,
        's'::"char" AS kind, coalesce(relacl, acldefault('s', relowner)) AS acl
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = %(schema)s AND relkind = 'S'
        AND (relname = ANY(%(objects)s::text[]) OR cardinality(%(objects)s::text[]) = 0)""",
}


@dataclass(frozen=True, slots=True)
class _Access:
    """What the role may do on one object, and what there is to be allowed."""

    object: str
    owner: str
    privileges: frozenset[str]
    grantable: bool
    all: frozenset[str]


class GrantRow(Row):
    """Privileges of one role on one database, one schema, or tables or sequences of a schema."""

    resource_type = "postgresql:index/grant:Grant"
    noun = "grant"
    identity = ("role", "database", "objectType", "schema", "objects")
    named = False
    table = (
        Property("role", Kind.NAME, required=True, replace=True),
        Property("database", Kind.NAME, required=True, replace=True),
        Property("objectType", Kind.TEXT, required=True, replace=True),
        Property("schema", Kind.NAME, replace=True),
        Property("objects", Kind.NAMES, [], replace=True),
        Property("privileges", Kind.NAMES, required=True),
        Property("withGrantOption", Kind.FLAG, False, replace=True),
        Property("columns", Kind.NAMES, [], refused="grants on columns are not built; grant on the table or a view"),
    )

    def id(self, wanted: Props) -> str:
        """The official provider's composite: role, database, schema, kind, objects."""
        schema = () if wanted["objectType"] == "database" else (wanted["schema"],)
        return "_".join((wanted["role"], wanted["database"], *schema, wanted["objectType"], *wanted["objects"]))

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Kinds that aren't built, and privileges and places that do not go with the kind."""
        kind = inputs.get("objectType")
        if not isinstance(kind, str):
            return
        if kind not in _PRIVILEGES:
            yield CheckFailure("objectType", f"{kind} is not built; there are {', '.join(_PRIVILEGES)}")
            return
        if (kind == "database") != (inputs.get("schema") is None):
            yield CheckFailure("schema", "goes with every objectType but database, and is required there")
        if inputs.get("objects") and kind not in _INSIDE_A_SCHEMA:
            yield CheckFailure("objects", f"goes with {' and '.join(_INSIDE_A_SCHEMA)} only")
        yield from _privilege_faults(kind, inputs)

    def look(self, server: Server, wanted: Props) -> Props | None:
        """The role's privileges; None when the role, or what they are on, is gone."""
        with server.reading(_place(wanted)) as session:
            grantee = grantees.oid(session, wanted["role"]) if session else None
            if session is None or grantee is None:
                return None
            found = _accesses(session, wanted, grantee)
            if not found and not _may_be_empty(session, wanted):
                return None
        if {*wanted["objects"]} - {each.object for each in found}:
            return None
        live: Props = {each: wanted[each] for each in self.identity}
        return live | _worst(found, wanted)

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """Revoke all and grant what is listed, so that nobody sees the role without its rights in between."""
        self._put(server, wanted, wanted["privileges"], call)

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """As `make`."""
        self._put(server, wanted, wanted["privileges"], call)

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """Revoke all; `public` does not get PostgreSQL's defaults back."""
        if self.look(server, there) is not None:
            self._put(server, there, [], call)

    def is_ours(self, server: Server, wanted: Props, drift: Props) -> bool:
        """Privileges have no maker: as listed, they are the ones; otherwise they are still to be granted."""
        return not drift

    def may_be_taken(self, wanted: Props) -> bool:
        """A grant sets the privileges of its role, whatever they were."""
        return True

    def _put(self, server: Server, wanted: Props, privileges: list[str], call: Call) -> None:
        with server.changing(call, _place(wanted)) as session, session.transaction():
            grantee = grantees.oid(session, wanted["role"])
            if grantee is None:
                raise ProviderError(f"There is no role {wanted['role']} on {server.settings.host}.")
            found = _accesses(session, wanted, grantee)
            if missing := sorted({*wanted["objects"]} - {each.object for each in found}):
                raise ProviderError(f"There is no {wanted['objectType']} {', '.join(missing)} in {_where(wanted)}.")
            with session.acting_as(*(each.owner for each in found)):
                for statement in _statements(wanted, privileges, [each.object for each in found]):
                    session.change(statement)


def _privilege_faults(kind: str, inputs: Props) -> Iterator[CheckFailure]:
    given = inputs.get("privileges")
    names = (
        {each for each in cast("list[Any]", given) if isinstance(each, str)} if isinstance(given, list) else set[str]()
    )
    if unknown := sorted(names - {*_PRIVILEGES[kind], _ALL}):
        allowed = ", ".join((*_PRIVILEGES[kind], _ALL))
        yield CheckFailure("privileges", f"{', '.join(unknown)} can't be granted on a {kind}; there are {allowed}")
    if _ALL in names and len(names) > 1:
        yield CheckFailure("privileges", f"{_ALL} stands alone")


def _place(wanted: Props) -> str | None:
    """Privileges on a database are kept beside all databases; the rest is seen only from inside."""
    return None if wanted["objectType"] == "database" else wanted["database"]


def _where(wanted: Props) -> str:
    return wanted["database"] if wanted["schema"] is None else f"{wanted['database']}.{wanted['schema']}"


def _accesses(session: Session, wanted: Props, grantee: int) -> list[_Access]:
    rows = session.ask(
        _ACL.replace("{objects}", _OBJECTS[wanted["objectType"]]),
        grantee=grantee,
        database=wanted["database"],
        schema=wanted["schema"],
        objects=wanted["objects"],
    )
    return [_Access(row[0], row[1], frozenset(row[2]), row[3], frozenset(row[4])) for row in rows]


def _may_be_empty(session: Session, wanted: Props) -> bool:
    """All tables of a schema may be none at all, as long as there is the schema."""
    if wanted["objectType"] not in _INSIDE_A_SCHEMA:
        return False
    return bool(session.ask("SELECT 1 FROM pg_namespace WHERE nspname = %(schema)s", schema=wanted["schema"]))


def _worst(found: list[_Access], wanted: Props) -> Props:
    """The privileges on the first object, by name, that are not as wanted; as wanted when all are."""
    for each in found:
        goal = each.all if wanted["privileges"] == [_ALL] else frozenset(wanted["privileges"])
        if each.privileges != goal:
            return {"privileges": sorted(each.privileges), "withGrantOption": wanted["withGrantOption"]}
        if each.privileges and each.grantable != wanted["withGrantOption"]:
            return {"privileges": wanted["privileges"], "withGrantOption": each.grantable}
    return {"privileges": wanted["privileges"], "withGrantOption": wanted["withGrantOption"]}


def _statements(wanted: Props, privileges: list[str], objects: list[str]) -> Iterator[sql.Composable]:
    kind = wanted["objectType"]
    match kind:
        case "database":
            target: list[sql.Composable] = [name(wanted["database"])]
        case "schema":
            target = [name(wanted["schema"])]
        case _:
            target = [name(wanted["schema"], each) for each in objects]
    if not target:
        return
    role = grantees.written(wanted["role"])
    on = words(f"ON {kind.upper()} {{}}").format(comma(target))
    yield sql.SQL("REVOKE ALL PRIVILEGES {} FROM {}").format(on, role)
    if privileges:
        listed = sql.SQL(", ").join(words(each) for each in privileges)
        option = sql.SQL(" WITH GRANT OPTION" if wanted["withGrantOption"] else "")
        yield sql.SQL("GRANT {} {} TO {}{}").format(listed, on, role, option)
