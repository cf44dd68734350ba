"""To whom a privilege is given: a role, or everybody under the name of `public`."""

from __future__ import annotations

from psycopg import sql

from engine.providers.postgresql.session import Session, name

EVERYBODY = 0
"""What stands for PUBLIC in an access control list, where a role's oid would."""


def oid(session: Session, role: str) -> int | None:
    """The role's oid, EVERYBODY for `public`, None when there is no such role. Raises ProviderError."""
    if _is_public(role):
        return EVERYBODY
    rows = session.ask("SELECT oid::bigint FROM pg_roles WHERE rolname = %(role)s", role=role)
    return rows[0][0] if rows else None


def written(role: str) -> sql.Composable:
    """The role as a statement names it."""
    return sql.SQL("PUBLIC") if _is_public(role) else name(role)


def _is_public(role: str) -> bool:
    return role.lower() == "public"
