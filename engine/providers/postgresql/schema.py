"""`postgresql:index/schema:Schema`, with the owners' rights lent where the user has none of its own."""

from __future__ import annotations

from psycopg import sql

from engine.providers.port import Call, Props
from engine.providers.postgresql.properties import Kind, Property
from engine.providers.postgresql.row import Row
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import name

_LOOK = "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = %(name)s"
_LENDER = """
SELECT CASE WHEN has_database_privilege(oid, 'CREATE') THEN NULL ELSE pg_get_userbyid(datdba)::text END
FROM pg_database WHERE datname = current_database()
"""
"""Whose rights are needed to make a schema here: the database's owner's, where the user may not by itself."""


class SchemaRow(Row):
    """A schema. With `ifNotExists`, the default, one that stands there already is taken and given its owner."""

    resource_type = "postgresql:index/schema:Schema"
    noun = "schema"
    identity = ("database", "name")
    holds_data = True
    table = (
        Property("name", Kind.NAME),
        Property("database", Kind.NAME, setting="database", replace=True),
        Property("owner", Kind.NAME, setting="username"),
        Property("dropCascade", Kind.FLAG, False),
        Property("ifNotExists", Kind.FLAG, True),
        Property("policies", Kind.LIST, refused="deprecated; declare a Grant on the schema instead"),
    )

    def id(self, wanted: Props) -> str:
        """`database.schema`."""
        return f"{wanted['database']}.{wanted['name']}"

    def look(self, server: Server, wanted: Props) -> Props | None:
        """The schema and its owner; None too when its database is gone."""
        with server.reading(wanted["database"]) as session:
            rows = session.ask(_LOOK, name=wanted["name"]) if session else []
        if not rows:
            return None
        return {"name": wanted["name"], "database": wanted["database"], "owner": rows[0][0]}

    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """CREATE SCHEMA, as its owner and, without CREATE on the database, as the database's."""
        with server.changing(call, wanted["database"]) as session, session.transaction():
            found = session.ask(_LOOK, name=wanted["name"]) if wanted["ifNotExists"] else []
            lender = session.ask(_LENDER)[0][0]
            with session.acting_as(lender, wanted["owner"], *(row[0] for row in found)):
                words = "ALTER SCHEMA {} OWNER TO {}" if found else "CREATE SCHEMA {} AUTHORIZATION {}"
                session.change(sql.SQL(words).format(name(wanted["name"]), name(wanted["owner"])))

    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """Rename it, give it to another owner."""
        with server.changing(call, wanted["database"]) as session, session.transaction():
            lender = session.ask(_LENDER)[0][0]
            with session.acting_as(lender, live["owner"], wanted["owner"]):
                if live["name"] != wanted["name"]:
                    session.change(
                        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(name(live["name"]), name(wanted["name"]))
                    )
                if live["owner"] != wanted["owner"]:
                    session.change(
                        sql.SQL("ALTER SCHEMA {} OWNER TO {}").format(name(wanted["name"]), name(wanted["owner"]))
                    )

    def drop(self, server: Server, there: Props, call: Call) -> None:
        """DROP SCHEMA; with what it holds only where `dropCascade` says so."""
        live = self.look(server, there)
        if live is None:
            return
        how = sql.SQL("CASCADE" if there["dropCascade"] else "RESTRICT")
        with (
            server.changing(call, there["database"]) as session,
            session.transaction(),
            session.acting_as(live["owner"]),
        ):
            session.change(sql.SQL("DROP SCHEMA IF EXISTS {} {}").format(name(there["name"]), how))

    def may_be_taken(self, wanted: Props) -> bool:
        """`ifNotExists` says so."""
        return wanted["ifNotExists"]
