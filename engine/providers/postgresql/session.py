"""One connection to one database: questions, changes, and memberships lent for the length of a change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import Any, Final, LiteralString, TypeAlias, cast

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from engine.providers.port import AnswerLost, ProviderError

Connection: TypeAlias = psycopg.Connection[TupleRow]
name = sql.Identifier
literal = sql.Literal

MEMBERSHIP_OPTIONS: Final = 160000
"""The version since which a membership says whether it inherits and whether it allows SET ROLE."""


class Session:
    """A connection in autocommit. Every statement that changes something goes through `change`, behind the fence.

    `accepted` grows by what has taken effect: a statement of its own, or a transaction once it is committed. A lent
    membership does not count: it is given back.
    """

    def __init__(self, connection: Connection, fence: Callable[[], None], accepted: list[str]) -> None:
        self._connection, self._fence, self._accepted = connection, fence, accepted

    @property
    def version(self) -> int:
        """The server's, as a number: 160004 is 16.4."""
        return self._connection.info.server_version

    def ask(self, query: str, **values: Any) -> list[TupleRow]:
        """Rows that answer a question; `values` are bound by name. Raises ProviderError."""
        try:
            return self._connection.execute(query.encode(), values).fetchall()
        except psycopg.Error as error:
            raise ProviderError(sentence(error)) from error

    def change(self, statement: sql.Composable) -> None:
        """Send one statement. Raises ProviderError when refused, AnswerLost when the connection broke under it."""
        self._send(statement)
        if self._connection.info.transaction_status is TransactionStatus.IDLE:
            self._accepted.append("statement")

    def _send(self, statement: sql.Composable) -> None:
        self._fence()
        try:
            self._connection.execute(statement.as_bytes(self._connection))
        except psycopg.Error as error:
            raise self._failure(error) from error

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All changes within are made together or not at all. Raises as `change` does, for the commit too."""
        try:
            with self._connection.transaction():
                yield
        except psycopg.Error as error:
            raise self._failure(error) from error
        self._accepted.append("transaction")

    @contextmanager
    def acting_as(self, *roles: str | None) -> Generator[None]:
        """With the rights of these roles: a master that is no superuser is lent their membership, as RDS needs it.

        Outside of a transaction the loan is taken back at the end; a process that is killed in between leaves it,
        which gives the master nothing that it could not grant itself.
        """
        with ExitStack() as loans:
            for role in sorted({self._lendable(role) for role in roles if role}):
                loans.enter_context(self._loan(role))
            yield

    def _lendable(self, role: str) -> str:
        """The role itself; the database's owner for the role that stands for it, which takes no members."""
        if role != "pg_database_owner":
            return role
        return str(
            self.ask("SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()")[0][0]
        )

    @contextmanager
    def _loan(self, role: str) -> Generator[None]:
        if self._may_act_as(role):
            yield
            return
        # Said in full: a login with NOINHERIT would be lent a membership without the role's rights.
        options = sql.SQL(" WITH INHERIT TRUE, SET TRUE" if self.version >= MEMBERSHIP_OPTIONS else "")
        self._send(sql.SQL("GRANT {} TO CURRENT_USER{}").format(name(role), options))
        give_back = sql.SQL("REVOKE {} FROM CURRENT_USER").format(name(role))
        try:
            yield
        except BaseException:
            if self._can_go_on():
                self._send(give_back)
            raise
        try:
            self._send(give_back)
        except ProviderError as error:
            raise AnswerLost(
                f"The membership in {role} that was lent for a change could not be ended: {error}"
            ) from error

    def _can_go_on(self) -> bool:
        """Whether a statement can be sent: the connection lives and no transaction waits to be rolled back."""
        return not self._connection.closed and self._connection.info.transaction_status is TransactionStatus.IDLE

    def _may_act_as(self, role: str) -> bool:
        """Whether the user has the role's rights and may SET ROLE to it (two things since PostgreSQL 16)."""
        kinds = ("USAGE", "SET") if self.version >= MEMBERSHIP_OPTIONS else ("USAGE", "MEMBER")
        rows = self.ask(
            "SELECT pg_has_role(oid, %(usage)s) AND pg_has_role(oid, %(other)s) FROM pg_roles WHERE rolname = %(role)s",
            usage=kinds[0],
            other=kinds[1],
            role=role,
        )
        if not rows:
            raise ProviderError(f"There is no role {role} on this server.")
        return bool(rows[0][0])

    def verifier(self, user: str, password: str) -> str:
        """The SCRAM verifier of a password, made here: the server, its log and our errors never see it in clear."""
        made = self._connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256")
        return made.decode()

    def _failure(self, error: psycopg.Error) -> ProviderError:
        if self._connection.closed:
            return AnswerLost(f"The connection broke while a statement was under way: {sentence(error)}")
        return ProviderError(sentence(error))


def sentence(error: psycopg.Error) -> str:
    """What PostgreSQL said: message, detail, hint and SQLSTATE, never the statement, which may hold a verifier."""
    told = error.diag
    if told.message_primary is None:
        return "PostgreSQL: " + " ".join(str(error).split())
    parts = (told.message_primary, told.message_detail, told.message_hint)
    return f"PostgreSQL: {'. '.join(' '.join(part.split()).rstrip('.') for part in parts if part)} ({told.sqlstate})."


def words(text: str) -> sql.SQL:
    """Keywords out of our own tables; never anything that came from outside."""
    return sql.SQL(cast("LiteralString", text))


def comma(parts: Iterable[sql.Composable]) -> sql.Composable:
    """Parts of a statement with commas between them."""
    return sql.SQL(", ").join(parts)
