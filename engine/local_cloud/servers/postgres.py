"""One real PostgreSQL cluster for each emulated RDS instance, with the rights of RDS: the master is no superuser."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.local_cloud import locks, processes
from engine.local_cloud.home import Home, write
from engine.local_cloud.network import addresses
from engine.local_cloud.network.addresses import INNER
from engine.local_cloud.network.gateway import Tls
from engine.local_cloud.servers import doors, wanted
from engine.local_cloud.servers import postgres_binaries as binaries
from engine.local_cloud.servers.wanted import POSTGRES, Wanted

if TYPE_CHECKING:
    import psycopg

ADMIN = "rdsadmin"
CONNECTIONS = 450
"""What RDS gives `db.t4g.medium` (its memory by 9,531,392); beside PostgreSQL's own 100 it takes 11 MB more."""
# fsync off: what was committed survives kill -9 of the server, not a power cut of the machine
_SMALL = {
    "shared_buffers": "16MB",
    "max_connections": str(CONNECTIONS),
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
}
_OURS = frozenset({"port", "listen_addresses", "data_directory", "hba_file", "ssl", "shared_preload_libraries"})
_HBA = f"host all all 127.0.0.0/8 scram-sha-256\nhost replication {ADMIN} 127.0.0.0/8 scram-sha-256\n"


class Postgres:
    """The server of one instance. `name` is unique in the home: account, region, identifier."""

    def __init__(self, home: Home, name: str) -> None:
        self.home, self.name = home, name
        self.folder = wanted.folder(home, POSTGRES, name)
        self.data = self.folder / "data"
        self.lock = wanted.lock_file(home, POSTGRES, name)

    def create(self, version: int, port: int, settings: Mapping[str, str]) -> Wanted:
        """A fresh cluster, running."""
        with locks.held(self.lock):
            self._copy(_seed(self.home, version))
            found = self._first_start(version, port, settings)
        doors.wait(self.home, found)
        return found

    def restore(self, snapshot: Path, version: int, port: int, settings: Mapping[str, str]) -> Wanted:
        """A cluster with a snapshot's data, running."""
        with locks.held(self.lock):
            self._copy(snapshot)
            found = self._first_start(version, port, settings)
        doors.wait(self.home, found)
        return found

    def make_master(self, master: str, password: str, database: str | None) -> None:
        """The roles that RDS makes, and the instance's first database."""
        from psycopg import sql

        name, literal = sql.Identifier, sql.Literal
        with self.admin() as connection:
            for role in ("rds_superuser", "rds_iam", "rds_password"):
                connection.execute(sql.SQL("create role {} nologin").format(name(role)))
            connection.execute("grant pg_monitor, pg_signal_backend, pg_checkpoint to rds_superuser with admin option")
            connection.execute(
                sql.SQL("create role {} login createdb createrole password {} in role rds_superuser").format(
                    name(master), literal(password)
                )
            )
            connection.execute(sql.SQL("grant rds_superuser to {} with admin option").format(name(master)))
            for given in ("postgres", "template1"):
                connection.execute(sql.SQL("alter database {} owner to {}").format(name(given), name(master)))
            if database:
                connection.execute(sql.SQL("create database {} owner {}").format(name(database), name(master)))

    def set_password(self, user: str, password: str) -> None:
        """Change a login's password."""
        from psycopg import sql

        with self.admin() as connection:
            connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(password)))

    def configure(self, settings: Mapping[str, str], port: int | None = None) -> None:
        """Take over a parameter group's values and the port: the server starts anew."""
        with locks.held(self.lock):
            known = self._wanted()
            self._end()
            self._write_settings(known.address, port or known.port, settings)
            wanted.save(self.home, _wanted(self.name, known.address, known.version, port or known.port, settings))
            self._begin(known.version)
        doors.wait(self.home, self._wanted())

    def resume(self) -> None:
        """Run from now on."""
        with locks.held(self.lock):
            known = self._wanted()
            wanted.save(self.home, Wanted(POSTGRES, known.name, known.address, known.port, known.tls, known.version))
            self._begin(known.version)
        doors.wait(self.home, self._wanted())

    def halt(self) -> None:
        """Stop, and stay stopped."""
        with locks.held(self.lock):
            wanted.save(self.home, self._wanted().stopped())
            self._end()

    def begin(self) -> None:
        """Start the process, if it does not run. The caller holds the lock."""
        self._begin(self._wanted().version)

    def end(self) -> bool:
        """End the process; what is wanted stays. Whether there was one."""
        was_running = self.is_running()
        self._end()
        return was_running

    def delete(self) -> None:
        """End the process and remove its data."""
        with locks.held(self.lock):
            if self.folder.exists():
                self._end()
                shutil.rmtree(self.folder)

    def snapshot(self, target: Path) -> None:
        """A consistent copy of the running cluster. Nothing stands at the target before it is whole."""
        known = self._wanted()
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        unfinished.mkdir(parents=True, mode=0o700)
        binaries.own(unfinished, self.home.folder)
        binaries.run(
            known.version,
            "pg_basebackup",
            *("-D", unfinished / "data", "-X", "stream", "-c", "fast"),
            *("-h", known.address, "-p", str(known.port + INNER), "-U", ADMIN),
            environment={"PGPASSWORD": (self.folder / "admin.pw").read_text(), "PGSSLMODE": "disable"},
        )
        shutil.copy(self.folder / "admin.pw", unfinished / "admin.pw")
        unfinished.rename(target)

    def pid(self) -> int | None:
        """The postmaster's process, None where it does not run."""
        pid = processes.read_pid(self.data / "postmaster.pid")
        return pid if processes.is_running(pid, str(self.data)) else None

    def wanted_running(self) -> bool | None:
        """Whether it shall run; None where nothing is wanted, because it is being made or deleted."""
        known = wanted.load(self.home, POSTGRES, self.name)
        return known.running if known else None

    def is_running(self) -> bool:
        """Whether the postmaster lives."""
        return self.pid() is not None

    def admin(self) -> psycopg.Connection[Any]:
        """A superuser's session, past the gateway. Never for clients."""
        import psycopg  # slow to import, and the supervisor never speaks SQL

        known = self._wanted()
        return psycopg.connect(
            host=known.address,
            port=known.port + INNER,
            user=ADMIN,
            dbname="postgres",
            autocommit=True,
            password=(self.folder / "admin.pw").read_text(),
            sslmode="disable",
            connect_timeout=10,
        )

    def _wanted(self) -> Wanted:
        known = wanted.load(self.home, POSTGRES, self.name)
        if known is None:
            raise FileNotFoundError(f"no PostgreSQL server {self.name} in {self.home.folder}")
        return known

    def _copy(self, source: Path) -> None:
        if self.folder.exists():
            self._end()
            shutil.rmtree(self.folder)  # left by a create that never answered: no instance owns it
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copytree(source, self.folder)
        self.data.chmod(0o700)
        binaries.own(self.folder, self.home.folder)

    def _first_start(self, version: int, port: int, settings: Mapping[str, str]) -> Wanted:
        address = addresses.assign(self.home, f"{POSTGRES}.{self.name}", port)
        self._write_settings(address, port, settings)
        self._begin(version)
        found = _wanted(self.name, address, version, port, settings)
        wanted.save(self.home, found)
        return found

    def _write_settings(self, address: str, port: int, settings: Mapping[str, str]) -> None:
        usable = {k: v for k, v in settings.items() if "." not in k and k not in _OURS and "{" not in v}
        all_settings = {**_SMALL, **usable, "listen_addresses": address, "port": str(port + INNER)}
        lines = [f"{name} = {_quoted(value)}\n" for name, value in sorted(all_settings.items())]
        write(self.data / "postgresql.auto.conf", "".join(lines))
        write(self.data / "pg_hba.conf", _HBA)
        binaries.own(self.data, self.home.folder)

    def _begin(self, version: int) -> None:
        if not self.is_running():
            binaries.run(
                version, "pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "server.log"
            )

    def _end(self) -> None:
        pid = self.pid()
        if pid:
            os.kill(pid, 2)  # SIGINT: fast shutdown, open sessions are rolled back
            if not processes.wait_until(lambda: not self.is_running(), 20):
                processes.end(pid, str(self.data), seconds=1)


def _wanted(name: str, address: str, version: int, port: int, settings: Mapping[str, str]) -> Wanted:
    forced = settings.get("rds.force_ssl", "1" if version >= 15 else "0") == "1"
    return Wanted(POSTGRES, name, address, port, Tls.POSTGRES_FORCED if forced else Tls.POSTGRES_OFFERED, version)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _seed(home: Home, version: int) -> Path:
    """An initialised cluster to copy: 0.1 s instead of 1-2 s for each initdb."""
    major = binaries.major(version)
    seed = home.servers / f".seed{major}"
    with locks.held(home.locks / f"seed{major}"):
        if not seed.exists():
            unfinished = home.servers / f".seed{major}.{time.time_ns()}"
            unfinished.mkdir(mode=0o700)
            write(unfinished / "admin.pw", secrets.token_urlsafe(24))
            binaries.own(unfinished, home.folder)
            how = ("-U", ADMIN, "-A", "scram-sha-256", "--pwfile", unfinished / "admin.pw", "-E", "UTF8", "--no-locale")
            binaries.run(version, "initdb", "-D", unfinished / "data", *how, "-N")
            unfinished.rename(seed)
    return seed
