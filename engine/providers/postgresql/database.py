"""`postgresql:index/database:Database`. CREATE DATABASE knows no transaction, so one statement says everything."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from engine.providers.port import Call, CheckFailure, Props
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, literal, name, words

_AS_TEMPLATE = "DEFAULT"

_LOOK = """
SELECT pg_get_userbyid(d.datdba)::text, d.datallowconn, d.datconnlimit, d.datistemplate, t.spcname::text,
       CASE WHEN pg_char_to_encoding(%(encoding)s::text::name) = d.encoding THEN %(encoding)s::text
            ELSE pg_encoding_to_char(d.encoding)::text END,
       d.datcollate::text, d.datctype::text
FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = %(name)s
"""
_READ = (
    "owner",
    "allowConnections",
    "connectionLimit",
    "isTemplate",
    "tablespaceName",
    "encoding",
    "lcCollate",
    "lcCtype",
)


class DatabaseRow(Row):
    """A database. Its template can't be read back: the server doesn't keep it."""

    resource_type = "postgresql:index/database:Database"
    noun = "database"
    identity = ("name",)
    holds_data = True
    table = (
        Property("name", Kind.NAME),
        Property("owner", Kind.NAME, setting="username"),
        Property("template", Kind.NAME, "template0", replace=True),
        Property("encoding", Kind.TEXT, "UTF8", replace=True),
        Property("lcCollate", Kind.TEXT, "C", replace=True),
        Property("lcCtype", Kind.TEXT, "C", replace=True),
        Property("tablespaceName", Kind.NAME),
        Property("connectionLimit", Kind.NUMBER, -1),
        Property("allowConnections", Kind.FLAG, True),
        Property("isTemplate", Kind.FLAG, False),
        Property("alterObjectOwnership", Kind.FLAG, False),
    )

    def id(self, wanted: Props) -> str:
        """The database's name."""
        return wanted["name"]

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Limits that the server would refuse."""
        if isinstance(limit := inputs.get("connectionLimit"), int | float) and limit < -1:
            yield CheckFailure("connectionLimit", "must be -1 (no limit) or more")

    def look(self, server: Server, wanted: Props) -> Props | None:
        """The database as the catalog has it; `DEFAULT` stays where the inputs say so."""
        with server.reading() as session:
            assert session is not None, "the provider's own database is where we are"
            rows = session.ask(_LOOK, name=wanted["name"], encoding=wanted["encoding"])
        if not rows:
            return None
        live: Props = {"name": wanted["name"]} | dict(zip(_READ, rows[0], strict=True))
        as_template = ("encoding", "lcCollate", "lcCtype")
        return live | {each: _AS_TEMPLATE for each in as_template if wanted[each] == _AS_TEMPLATE}

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """CREATE DATABASE, as a member of its owner for as long as that takes."""
        with server.changing(call) as session, session.acting_as(wanted["owner"]):
            session.change(
                sql.SQL("CREATE DATABASE {} WITH {}").format(name(wanted["name"]), sql.SQL(" ").join(_options(wanted)))
            )

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """Rename, move, hand over and set what differs. Renaming and moving need a database without sessions.

        The objects go first: as long as the database has its old owner, a look shows that they are to be handed over.
        """
        if live["owner"] != wanted["owner"] and wanted["alterObjectOwnership"]:
            _hand_over_objects(server, live["name"], live["owner"], wanted["owner"], call)
        there, goal = name(live["name"]), name(wanted["name"])
        with server.changing(call, _beside(server, live["name"])) as session:
            if wanted["tablespaceName"] not in (None, live["tablespaceName"]):
                with session.acting_as(live["owner"]):
                    place = name(wanted["tablespaceName"])
                    session.change(sql.SQL("ALTER DATABASE {} SET TABLESPACE {}").format(there, place))
            with session.transaction(), session.acting_as(live["owner"], wanted["owner"]):
                if live["name"] != wanted["name"]:
                    session.change(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(there, goal))
                _set(session, live, wanted)
                if live["owner"] != wanted["owner"]:
                    session.change(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(goal, name(wanted["owner"])))

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """DROP DATABASE, ending whatever sessions it has."""
        with server.changing(call, _beside(server, there["name"])) as session:
            rows = session.ask(
                "SELECT pg_get_userbyid(datdba), datistemplate FROM pg_database WHERE datname = %(name)s",
                name=there["name"],
            )
            if not rows:
                return
            owner, is_template = rows[0]
            database = name(there["name"])
            with session.acting_as(owner):
                if is_template:
                    session.change(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(database))
                session.change(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))


def _options(wanted: Props) -> Iterator[sql.Composable]:
    yield sql.SQL("OWNER {} TEMPLATE {}").format(name(wanted["owner"]), name(wanted["template"]))
    for each, word in (("encoding", "ENCODING"), ("lcCollate", "LC_COLLATE"), ("lcCtype", "LC_CTYPE")):
        if wanted[each] != _AS_TEMPLATE:
            yield words(f"{word} {{}}").format(literal(wanted[each]))
    if wanted["tablespaceName"]:
        yield sql.SQL("TABLESPACE {}").format(name(wanted["tablespaceName"]))
    for each, word in _SET_LATER.items():
        yield words(f"{word} {{}}").format(literal(wanted[each]))


_SET_LATER = {
    "allowConnections": "ALLOW_CONNECTIONS",
    "connectionLimit": "CONNECTION LIMIT",
    "isTemplate": "IS_TEMPLATE",
}


def _set(session: Session, live: Props, wanted: Props) -> None:
    differing = [
        words(f"{word} {{}}").format(literal(wanted[each]))
        for each, word in _SET_LATER.items()
        if live[each] != wanted[each]
    ]
    if differing:
        session.change(sql.SQL("ALTER DATABASE {} WITH {}").format(name(wanted["name"]), sql.SQL(" ").join(differing)))


def _hand_over_objects(server: Server, database: str, before: str, after: str, call: Call) -> None:
    """REASSIGN hands over the database itself too, in the same transaction."""
    with server.changing(call, database) as session, session.transaction(), session.acting_as(before, after):
        session.change(sql.SQL("REASSIGN OWNED BY {} TO {}").format(name(before), name(after)))


def _beside(server: Server, database: str) -> str | None:
    """Where to stand while this database is changed: a session in it would be in the way."""
    return server.elsewhere if database == server.settings.database else None
