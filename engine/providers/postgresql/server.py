"""A PostgreSQL server: opens sessions in its databases, over the port `reach`."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from typing import Final

import psycopg

from engine.providers.port import Call, ProviderError
from engine.providers.postgresql.session import Connection, Session, sentence
from engine.providers.postgresql.settings import Settings
from engine.providers.reach import Reach
from stacks.errors import CloudUnreachable

_READ_ONLY: Final = Call()
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.2
_PASSING = ("starting up", "refused", "not yet accepting")
_WRONG_PASSWORD = "password authentication failed"  # noqa: S105 - a phrase of libpq's messages
_MAINTENANCE = "postgres"

_locks: dict[tuple[str, int], threading.RLock] = {}
_locks_lock = threading.Lock()


class Server:
    """One server under one login.

    Changes to one server run one at a time in this process: concurrent GRANTs on one object, or memberships of one
    role, fail with "tuple concurrently updated". The lock lets its holder in again, for a change looks too. `accepted`
    are the changes that have taken effect through this object.
    """

    def __init__(self, settings: Settings, reach: Reach) -> None:
        self.settings, self._reach, self.accepted = settings, reach, list[str]()
        with _locks_lock:
            self._lock = _locks.setdefault((settings.host, settings.port), threading.RLock())

    @contextmanager
    def reading(self, database: str | None = None) -> Generator[Session | None]:
        """A session that asks. None when there is no such database. Raises ProviderError."""
        with ExitStack() as stack:
            yield self._open(stack, database, _READ_ONLY, 0.0)

    @contextmanager
    def changing(self, call: Call, database: str | None = None) -> Generator[Session]:
        """A session that changes, alone in this process. Waits a while for a server that is starting."""
        with ExitStack() as stack:
            stack.enter_context(self._lock)
            session = self._open(stack, database, call, min(call.timeout or _PATIENCE_SECONDS, _PATIENCE_SECONDS))
            if session is None:
                raise ProviderError(f"There is no database {database} on {self.settings.host}.")
            yield session

    @property
    def elsewhere(self) -> str:
        """A database to stand in while another one is renamed or dropped."""
        return _MAINTENANCE

    def lets_in(self, username: str, password: str) -> bool:
        """Whether the server takes this password of this role; other refusals (no CONNECT) come after that."""
        try:
            self._connect(self.settings.database, username, password).close()
        except psycopg.OperationalError as error:
            return _WRONG_PASSWORD not in str(error)
        return True

    def _open(self, stack: ExitStack, database: str | None, call: Call, patience: float) -> Session | None:
        home = self.settings.database
        if database in (None, home):
            opened = stack.enter_context(closing(self._patiently(home, call, patience)))
            return Session(opened, call.fence, self.accepted)
        # one at a time: what one was lent to get in would let in the other, and be gone when that one logs in
        with self._lock, closing(self._patiently(home, call, patience)) as connection:
            asking = Session(connection, call.fence, self.accepted)
            rows = asking.ask(
                "SELECT pg_get_userbyid(datdba), has_database_privilege(oid, 'CONNECT') FROM pg_database"
                " WHERE datname = %(database)s",
                database=database,
            )
            if not rows:
                return None
            owner, may_connect = rows[0]
            # Where CONNECT was taken from PUBLIC, only the owner gets in: be it for as long as logging in takes.
            with asking.acting_as(None if may_connect else owner):
                opened = self._patiently(str(database), call, patience)
        return Session(stack.enter_context(closing(opened)), call.fence, self.accepted)

    def _patiently(self, database: str, call: Call, patience: float) -> Connection:
        deadline = time.monotonic() + patience
        while True:
            try:
                return self._connect(database, self.settings.username, self.settings.password)
            except psycopg.OperationalError as error:
                passing = any(sign in str(error) for sign in _PASSING)
                if not passing or time.monotonic() > deadline or call.stopping():
                    place = f"{self.settings.host}:{self.settings.port}"
                    raise ProviderError(f"No session in {database} at {place}. {sentence(error)}") from error
            time.sleep(_PAUSE_SECONDS)

    def _connect(self, database: str, username: str, password: str) -> Connection:
        try:
            way = self._reach.way(self.settings.host, self.settings.port)
        except CloudUnreachable as error:
            raise ProviderError(str(error)) from error
        mode, root = self.settings.sslmode, self.settings.sslrootcert
        if way.ca_file and mode != "disable":
            mode, root = "verify-full", str(way.ca_file)
        return psycopg.connect(
            host=way.host,
            port=way.port,
            dbname=database,
            user=username,
            password=password,
            sslmode=mode,
            sslrootcert=root or "",
            gssencmode="disable",
            connect_timeout=self.settings.connect_timeout,
            application_name="tenant",
            client_encoding="utf8",
            autocommit=True,
        )
