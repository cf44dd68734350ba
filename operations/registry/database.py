"""The registry's database: opened, and brought to the newest schema, at first use."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from stacks.errors import BadInput

HEAD: Final = "0005"
"""The newest migration; a test compares it with the packaged scripts. Knowing it spares importing Alembic."""

_BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Database:
    """One SQLite file. Writers take their turn: a write transaction locks out others from its first statement."""

    engine: Engine

    @contextmanager
    def reading(self) -> Generator[Connection, None, None]:
        """A transaction that only reads; never waits for a writer (write-ahead log)."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection, None, None]:
        """A transaction that may read, judge and write with nobody in between."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection


def connect(file: Path) -> Database:
    """Open the database in `file`, making it and migrating it as needed. Raises BadInput where it is damaged."""
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    database = Database(engine)
    current = _read_version(database, file)
    if current != HEAD:
        _migrate(database)
    return database


def _read_version(database: Database, file: Path) -> str | None:
    try:
        with database.reading() as connection:
            return _version(connection)
    except OperationalError:
        raise  # it is a database, and busy
    except DatabaseError as error:
        raise BadInput(
            f"The registry in {file} is damaged.",
            why=f"{error.orig}.",
            next=f"Move it away (`mv {file} {file}.damaged`) and restore the records: `tenant registry rebuild`.",
        ) from error


def _prepare(connection: Any, _: Any) -> None:
    # The driver must not begin transactions by itself: it would begin them too late, after the first read.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    # Inside one write transaction: of two processes that start at once, the second finds the work done.
    with database.writing() as connection:
        if _version(connection) != HEAD:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
