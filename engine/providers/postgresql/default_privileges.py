"""`postgresql:index/defaultPrivileges:DefaultPrivileges`: what a role may do on what an owner makes from now on.

The privileges are exactly the ones listed, as with a grant. Without a schema they hold in the whole database, and what
PostgreSQL gives to `public` by itself (EXECUTE on functions, USAGE on types) can be taken; in a schema they are only
ever added to those of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from psycopg import sql

from engine.providers.port import Call, CheckFailure, Props, ProviderError
from engine.providers.postgresql import grantees
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, name, words

_ALL: Final = "ALL"
_PRIVILEGES: Final = {
    "table": ("DELETE", "INSERT", "MAINTAIN", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"),
    "sequence": ("SELECT", "UPDATE", "USAGE"),
    "function": ("EXECUTE",),
    "routine": ("EXECUTE",),
    "type": ("USAGE",),
    "schema": ("CREATE", "USAGE"),
}
_KEPT_AS: Final = {"table": "r", "sequence": "S", "function": "f", "routine": "f", "type": "T", "schema": "n"}
_OF_ITS_OWN: Final = _KEPT_AS | {"sequence": "s"}
"""The letters of `acldefault`, which writes sequences small where the catalog writes them large."""

_LOOK = """
WITH kept AS (
    SELECT coalesce(
        (SELECT d.defaclacl FROM pg_default_acl d
         WHERE d.defaclrole = o.oid AND d.defaclnamespace = coalesce(%(schema)s::bigint, 0)::oid
           AND d.defaclobjtype = %(kept_as)s::"char"),
        CASE WHEN %(schema)s::bigint IS NULL THEN acldefault(%(own)s::"char", o.oid) END
    ) AS acl, acldefault(%(own)s::"char", o.oid) AS own, o.oid AS owner
    FROM pg_roles o WHERE o.rolname = %(owner)s
)
SELECT ARRAY(SELECT x.privilege_type FROM aclexplode(kept.acl) x WHERE x.grantee = %(grantee)s ORDER BY 1),
       coalesce((SELECT bool_and(x.is_grantable) FROM aclexplode(kept.acl) x WHERE x.grantee = %(grantee)s), false),
       ARRAY(SELECT x.privilege_type FROM aclexplode(kept.own) x WHERE x.grantee = kept.owner ORDER BY 1)
FROM kept
"""


class DefaultPrivilegesRow(Row):
    """Privileges of one role on the objects that one owner will make in a database, or in one schema of it."""

    resource_type = "postgresql:index/defaultPrivileges:DefaultPrivileges"
    noun = "default privileges"
    identity = ("role", "database", "owner", "objectType", "schema")
    named = False
    table = (
        Property("role", Kind.NAME, required=True, replace=True),
        Property("database", Kind.NAME, required=True, replace=True),
        Property("owner", Kind.NAME, required=True, replace=True),
        Property("objectType", Kind.TEXT, required=True, replace=True),
        Property("schema", Kind.NAME, replace=True),
        Property("privileges", Kind.NAMES, required=True),
        Property("withGrantOption", Kind.FLAG, False, replace=True),
    )

    def id(self, wanted: Props) -> str:
        """The official provider's composite: role, database, schema, owner, kind."""
        schema = wanted["schema"] or "noschema"
        return "_".join((wanted["role"], wanted["database"], schema, wanted["owner"], wanted["objectType"]))

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Kinds that there are not, and privileges that do not go with the kind."""
        kind = inputs.get("objectType")
        if not isinstance(kind, str):
            return
        if kind not in _PRIVILEGES:
            yield CheckFailure("objectType", f"there is no {kind}; there are {', '.join(_PRIVILEGES)}")
            return
        if kind == "schema" and inputs.get("schema") is not None:
            yield CheckFailure("schema", "a schema is in no schema; leave it out")
        given = inputs.get("privileges")
        listed = cast("list[Any]", given) if isinstance(given, list) else []
        if unknown := sorted({each for each in listed if isinstance(each, str)} - {*_PRIVILEGES[kind], _ALL}):
            allowed = ", ".join((*_PRIVILEGES[kind], _ALL))
            yield CheckFailure("privileges", f"{', '.join(unknown)} can't be granted on a {kind}; there are {allowed}")
        if _ALL in listed and len(listed) > 1:
            yield CheckFailure("privileges", f"{_ALL} stands alone")

    def look(self, server: Server, wanted: Props) -> Props | None:
        """What the role would be given; None when the role, the owner, or the place is gone."""
        with server.reading(wanted["database"]) as session:
            rows = _kept(session, wanted) if session else []
        if not rows:
            return None
        privileges, grantable, everything = rows[0]
        live: Props = {each: wanted[each] for each in self.identity}
        whole = wanted["privileges"] == [_ALL] and sorted(privileges) == sorted(everything)
        live["privileges"] = [_ALL] if whole else sorted(privileges)
        live["withGrantOption"] = grantable if privileges else wanted["withGrantOption"]
        return live

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """Revoke all and grant what is listed."""
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
        """They are set, whatever they were."""
        return True

    def _put(self, server: Server, wanted: Props, privileges: list[str], call: Call) -> None:
        with server.changing(call, wanted["database"]) as session, session.transaction():
            if not _kept(session, wanted):
                place = wanted["database"] if wanted["schema"] is None else f"{wanted['database']}.{wanted['schema']}"
                raise ProviderError(f"There is no {wanted['owner']}, {wanted['role']} or {place} to set defaults for.")
            with session.acting_as(wanted["owner"]):
                for statement in _statements(wanted, privileges):
                    session.change(statement)


def _kept(session: Session, wanted: Props) -> list[tuple[Any, ...]]:
    grantee, schema = grantees.oid(session, wanted["role"]), None
    if wanted["schema"] is not None:
        rows = session.ask("SELECT oid::bigint FROM pg_namespace WHERE nspname = %(schema)s", schema=wanted["schema"])
        if not rows:
            return []
        schema = rows[0][0]
    if grantee is None:
        return []
    kind = wanted["objectType"]
    return session.ask(
        _LOOK, owner=wanted["owner"], schema=schema, grantee=grantee, kept_as=_KEPT_AS[kind], own=_OF_ITS_OWN[kind]
    )


def _statements(wanted: Props, privileges: list[str]) -> Iterator[sql.Composable]:
    schema = sql.SQL("") if wanted["schema"] is None else sql.SQL(" IN SCHEMA {}").format(name(wanted["schema"]))
    head = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}{}").format(name(wanted["owner"]), schema)
    kind, role = words(f"{wanted['objectType'].upper()}S"), grantees.written(wanted["role"])
    yield sql.SQL("{} REVOKE ALL ON {} FROM {}").format(head, kind, role)
    if privileges:
        listed = sql.SQL(", ").join(words(each) for each in privileges)
        option = sql.SQL(" WITH GRANT OPTION" if wanted["withGrantOption"] else "")
        yield sql.SQL("{} GRANT {} ON {} TO {}{}").format(head, listed, kind, role, option)
