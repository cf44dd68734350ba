"""`postgresql:index/role:Role`. Everything is made in one transaction: a role is there whole or not at all.

A password is sent as a SCRAM verifier and can't be read back, so one changed behind the tool's back isn't seen as
drift. Without `roles`, memberships are the affair of others: `GrantRole` may declare them, one by one. Dropping a role
first hands what it owns, in every database, to the provider's user: data outlives its owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from psycopg import sql

from engine.providers.port import Call, CheckFailure, Props
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, comma, literal, name, words

_FLAGS = {
    "superuser": "SUPERUSER",
    "createDatabase": "CREATEDB",
    "createRole": "CREATEROLE",
    "inherit": "INHERIT",
    "login": "LOGIN",
    "replication": "REPLICATION",
    "bypassRowLevelSecurity": "BYPASSRLS",
}
_TIMEOUTS = {
    "statementTimeout": "statement_timeout",
    "idleInTransactionSessionTimeout": "idle_in_transaction_session_timeout",
}
_FOREVER = "infinity"
_VERIFIER = re.compile(r"^(SCRAM-SHA-256\$\d+:|md5[0-9a-f]{32}$)")
_WRITE_ONLY = "write-only passwords are not built; give password, which is encrypted in the state"

_LOOK = """
SELECT r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolinherit, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
       r.rolconnlimit,
       CASE WHEN coalesce(r.rolvaliduntil, 'infinity') = %(until)s::text::timestamptz THEN %(until)s::text
            ELSE coalesce(r.rolvaliduntil, 'infinity')::text END,
       ARRAY(SELECT DISTINCT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1),
       coalesce((SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0), '{}')
FROM pg_roles r WHERE r.rolname = %(name)s
"""

_DATABASES_OF = """
SELECT DISTINCT d.datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = (SELECT oid FROM pg_roles WHERE rolname = %(role)s)
ORDER BY 1
"""


class RoleRow(Row):
    """A role, with or without login."""

    resource_type = "postgresql:index/role:Role"
    noun = "role"
    identity = ("name",)
    unreadable = ("password",)
    table = (
        Property("name", Kind.NAME),
        Property("login", Kind.FLAG, False),
        Property("password", Kind.TEXT),
        Property("superuser", Kind.FLAG, False),
        Property("createDatabase", Kind.FLAG, False),
        Property("createRole", Kind.FLAG, False),
        Property("inherit", Kind.FLAG, True),
        Property("replication", Kind.FLAG, False),
        Property("bypassRowLevelSecurity", Kind.FLAG, False),
        Property("connectionLimit", Kind.NUMBER, -1),
        Property("validUntil", Kind.TEXT, _FOREVER),
        Property("roles", Kind.NAMES),
        Property("searchPaths", Kind.LIST, []),
        Property("statementTimeout", Kind.NUMBER, 0),
        Property("idleInTransactionSessionTimeout", Kind.NUMBER, 0),
        Property("assumeRole", Kind.TEXT, ""),
        Property("skipDropRole", Kind.FLAG, False),
        Property("skipReassignOwned", Kind.FLAG, False),
        Property(
            "encryptedPassword", Kind.FLAG, True, refused="PostgreSQL stores no password in clear since version 10"
        ),
        Property("encrypted", Kind.TEXT, refused="deprecated; passwords are always stored as SCRAM verifiers"),
        Property("passwordWo", Kind.TEXT, refused=_WRITE_ONLY),
        Property("passwordWoVersion", Kind.TEXT, refused=_WRITE_ONLY),
    )

    def id(self, wanted: Props) -> str:
        """The role's name."""
        return wanted["name"]

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Times and limits that the server would refuse, and search paths that can't be read back."""
        for each in _TIMEOUTS:
            if isinstance(value := inputs.get(each), int | float) and value < 0:
                yield CheckFailure(each, "must be 0 (no limit) or a number of milliseconds")
        if isinstance(limit := inputs.get("connectionLimit"), int | float) and limit < -1:
            yield CheckFailure("connectionLimit", "must be -1 (no limit) or more")
        if any(isinstance(path, str) and ", " in path for path in inputs.get("searchPaths") or ()):
            yield CheckFailure("searchPaths", 'a schema name can\'t contain ", " here')
        if inputs.get("password") == "":  # noqa: S105 - this is about having none
            yield CheckFailure("password", "is empty; leave it out for a role without a password")

    def look(self, server: Server, wanted: Props) -> Props | None:
        """The role's attributes, settings and memberships; its password can't be read."""
        with server.reading() as session:
            assert session is not None, "the provider's own database is where we are"
            rows = session.ask(_LOOK, name=wanted["name"], until=wanted["validUntil"])
        if not rows:
            return None
        *flags, limit, until, roles, config = rows[0]
        live: Props = {"name": wanted["name"], "connectionLimit": limit, "validUntil": until, "roles": sorted(roles)}
        live |= dict(zip(_FLAGS, flags, strict=True)) | _settings(config)
        return live if wanted["roles"] is not None else live | {"roles": None}

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """CREATE ROLE and everything about it, together."""
        bare: Props = {each.name: each.default for each in self.table} | {"name": wanted["name"]}
        with server.changing(call) as session, session.transaction():
            session.change(sql.SQL("CREATE ROLE {}").format(name(wanted["name"])))
            _alter(session, bare, wanted, password_too=wanted["password"] is not None)

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """Set what differs, together; a password only where the inputs' changed."""
        with server.changing(call) as session, session.transaction():
            if live["name"] != wanted["name"]:
                session.change(sql.SQL("ALTER ROLE {} RENAME TO {}").format(name(live["name"]), name(wanted["name"])))
            _alter(session, live, wanted, password_too=old["password"] != wanted["password"])

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """Hand over what it owns, take back what it was granted, drop it."""
        role = there["name"]
        with server.changing(call) as session:
            if not session.ask("SELECT 1 FROM pg_roles WHERE rolname = %(role)s", role=role):
                return
            holding = [row[0] for row in session.ask(_DATABASES_OF, role=role)]
        if not there["skipReassignOwned"]:
            for database in (*holding, *({server.settings.database} - {*holding})):
                _hand_over(server, database, role, call)
        if not there["skipDropRole"]:
            with server.changing(call) as session:
                session.change(sql.SQL("DROP ROLE IF EXISTS {}").format(name(role)))

    def is_ours(self, server: Server, wanted: Props, drift: Props) -> bool:
        """Alike in every attribute and, where it can log in, with the very password: nobody else could know that."""
        password = wanted["password"]
        if drift or not wanted["login"] or password is None or _VERIFIER.match(password):
            return not drift
        return server.lets_in(wanted["name"], password)


def _alter(session: Session, live: Props, wanted: Props, *, password_too: bool) -> None:
    role = name(wanted["name"])
    if options := list(_options(session, live, wanted, password_too)):
        session.change(sql.SQL("ALTER ROLE {} WITH {}").format(role, sql.SQL(" ").join(options)))
    for setting, value in _changed_settings(live, wanted):
        if value is None:
            session.change(sql.SQL("ALTER ROLE {} RESET {}").format(role, words(setting)))
        else:
            session.change(sql.SQL("ALTER ROLE {} SET {} TO {}").format(role, words(setting), value))
    if wanted["roles"] is None:
        return
    has = live["roles"] or ()
    for other in sorted({*wanted["roles"]} - {*has}):
        session.change(sql.SQL("GRANT {} TO {}").format(name(other), role))
    for other in sorted({*has} - {*wanted["roles"]}):
        session.change(sql.SQL("REVOKE {} FROM {}").format(name(other), role))


def _options(session: Session, live: Props, wanted: Props, password_too: bool) -> Iterator[sql.Composable]:
    """Only what differs: naming an attribute at all may need rights that the master of an RDS instance lacks."""
    for flag, word in _FLAGS.items():
        if live[flag] != wanted[flag]:
            yield words(word if wanted[flag] else f"NO{word}")
    if live["connectionLimit"] != wanted["connectionLimit"]:
        yield sql.SQL("CONNECTION LIMIT {}").format(literal(wanted["connectionLimit"]))
    if live["validUntil"] != wanted["validUntil"]:
        yield sql.SQL("VALID UNTIL {}").format(literal(wanted["validUntil"]))
    if password_too:
        yield sql.SQL("PASSWORD {}").format(_password(session, wanted["name"], wanted["password"]))


def _password(session: Session, role: str, password: str | None) -> sql.Composable:
    if password is None:
        return sql.SQL("NULL")
    return literal(password if _VERIFIER.match(password) else session.verifier(role, password))


def _changed_settings(live: Props, wanted: Props) -> Iterator[tuple[str, sql.Composable | None]]:
    for each, setting in _TIMEOUTS.items():
        if live[each] != wanted[each]:
            yield setting, literal(wanted[each]) if wanted[each] else None
    if live["searchPaths"] != wanted["searchPaths"]:
        yield "search_path", comma(name(path) for path in wanted["searchPaths"]) if wanted["searchPaths"] else None
    if live["assumeRole"] != wanted["assumeRole"]:
        yield "role", literal(wanted["assumeRole"]) if wanted["assumeRole"] else None


def _settings(config: list[str]) -> Props:
    """The properties that PostgreSQL keeps as settings of the role: `["search_path=a, \"B\"", ...]`."""
    given = dict(line.split("=", 1) for line in config)
    paths = given.get("search_path", "")
    live: Props = {each: _milliseconds(given.get(setting, "0")) for each, setting in _TIMEOUTS.items()}
    live["searchPaths"] = [_unquoted(path) for path in paths.split(", ")] if paths else []
    live["assumeRole"] = given.get("role", "")
    return live


_UNITS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def _milliseconds(text: str) -> Any:
    """A time as somebody may have written it by hand: `5000`, `5s`, `2min`; as it stands where it is none of these."""
    found = re.fullmatch(r"\s*(\d+)\s*(ms|s|min|h|d|)\s*", text)
    return int(found[1]) * _UNITS[found[2]] if found else text


def _unquoted(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier


def _hand_over(server: Server, database: str, role: str, call: Call) -> None:
    with server.changing(call, database) as session, session.transaction(), session.acting_as(role):
        session.change(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(name(role)))
        session.change(sql.SQL("DROP OWNED BY {}").format(name(role)))
