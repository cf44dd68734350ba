"""What a tenant has in a database that it shares: its rows, deleted as the tenant itself, and its large objects.

Policies let the tenant see no rows but its own. A large object has no policy and no schema: whoever owns it is whose it
is, and dropping the owner's role would hand it over instead of deleting it.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Final

from psycopg import sql

from engine.providers.port import Call, ProviderError
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, comma, literal, name
from engine.providers.postgresql.settings import Settings
from engine.providers.reach import Reach

_ROLE: Final = "SELECT 1 FROM pg_roles WHERE rolname = %(login)s"
_TABLES: Final = """
SELECT c.relname::text,
       ARRAY(SELECT child.relname::text FROM pg_constraint f JOIN pg_class child ON child.oid = f.conrelid
             WHERE f.contype = 'f' AND f.confrelid = c.oid AND f.conrelid <> c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND c.relforcerowsecurity
  AND has_table_privilege(%(login)s, c.oid, 'SELECT') AND has_table_privilege(%(login)s, c.oid, 'DELETE') ORDER BY 1
"""
"""Tables that the login works with and whose policies bind even their owner, each with the tables that refer to it."""
_OBJECTS: Final = """
SELECT l.oid::bigint, r.rolname::text FROM pg_largeobject_metadata l JOIN pg_roles r ON r.oid = l.lomowner
WHERE r.rolname = %(login)s OR starts_with(r.rolname::text, %(login)s || '_') OR r.rolname = current_user
ORDER BY 1 LIMIT %(most)s
"""
"""Large objects of the login and of those whose names begin with it: a tenant's owner, its reader, its members.

Ours were a member's that was taken out before: who drops a role is handed what it owns.
"""
_BATCH: Final = 500
"""A large object takes a lock when it is deleted, and a server has some thousands for all of its transactions."""


def erase(settings: Settings, reach: Reach, database: str, schema: str, login: str, call: Call) -> None:
    """Delete all that the login sees of the schema's tables, in one transaction, then its large objects.

    Rows that refer to others go before them; there are none where the role is gone. Raises ProviderError.
    """
    with Server(settings, reach).changing(call, database) as session:
        _delete_rows(session, schema, login)
        while found := session.ask(_OBJECTS, login=login, most=_BATCH):
            with session.acting_as(*(str(owner) for _, owner in found)):
                listed = comma(literal(oid) for oid, _ in found)
                session.change(sql.SQL("SELECT lo_unlink(o::oid) FROM unnest(ARRAY[{}]) AS o").format(listed))


def _delete_rows(session: Session, schema: str, login: str) -> None:
    if session.ask(_ROLE, login=login):
        tables = _in_order(session, schema, login)
        with session.acting_as(login), session.transaction():
            session.change(sql.SQL("SET LOCAL ROLE {}").format(name(login)))
            for table in tables:
                session.change(sql.SQL("DELETE FROM {}").format(name(schema, table)))


def _in_order(session: Session, schema: str, login: str) -> list[str]:
    graph = {str(row[0]): {str(child) for child in row[1]} for row in session.ask(_TABLES, schema=schema, login=login)}
    known = {table: children & graph.keys() for table, children in graph.items()}
    try:
        return list(TopologicalSorter(known).static_order())
    except CycleError as error:
        listed = ", ".join(sorted(set(error.args[1])))
        raise ProviderError(f"Rows of {login} can't be deleted: the tables {listed} refer to each other.") from error
