"""The rows that a tenant has in tables that it shares, deleted as the tenant itself: policies let it see no others."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Final

from psycopg import sql

from engine.providers.port import Call, ProviderError
from engine.providers.postgresql.server import Server
from engine.providers.postgresql.session import Session, name
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


def erase(settings: Settings, reach: Reach, database: str, schema: str, login: str, call: Call) -> None:
    """Delete all that the login sees of the schema's tables, in one transaction; nothing where the role is gone.

    Rows that refer to others go before them. Raises ProviderError.
    """
    with Server(settings, reach).changing(call, database) as session:
        if not session.ask(_ROLE, login=login):
            return
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
