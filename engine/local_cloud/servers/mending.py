"""Makes servers and doors what the wanted files say, over and over: no event is remembered."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.local_cloud import locks
from engine.local_cloud.home import Home
from engine.local_cloud.network import certificates
from engine.local_cloud.network.gateway import Door, Gateway
from engine.local_cloud.servers import doors as open_doors
from engine.local_cloud.servers import wanted
from engine.local_cloud.servers.kubernetes import Kubernetes
from engine.local_cloud.servers.passages import Passage
from engine.local_cloud.servers.postgres import Postgres
from engine.local_cloud.servers.valkey import Valkey
from engine.local_cloud.servers.wanted import CLUSTERS, KUBERNETES, PASSAGE, POSTGRES, VALKEY, Wanted

_AT_ONCE = 4


_SERVERS = {POSTGRES: Postgres, VALKEY: Valkey, KUBERNETES: Kubernetes, PASSAGE: Passage}


def server(home: Home, one: Wanted) -> Postgres | Valkey | Kubernetes:
    """The real server that a wanted file speaks of."""
    return _SERVERS[one.kind](home, one.name)


class Mender:
    """Looks at all wanted files and the world; `look` is one such look."""

    def __init__(self, home: Home, gateway: Gateway, say: Callable[[str], None]) -> None:
        self._home, self._gateway, self._say = home, gateway, say
        self._told: frozenset[Door] | None = None
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="mend")

    def look(self) -> None:
        """Start what died, open and close doors. What fails is said, and tried again at the next look."""
        every = tuple(wanted.every(self._home))
        list(self._pool.map(self._start, every))
        self._set_doors(frozenset(self._door(one) for one in every if one.running and one.kind not in CLUSTERS))

    def _start(self, one: Wanted) -> None:
        real = server(self._home, one)
        if not one.running or real.is_running():
            return
        lock = locks.take(real.lock)
        if lock is None:
            return  # someone is at work on it right now
        try:
            if wanted.load(self._home, one.kind, one.name) == one and not real.is_running():
                real.begin()
                if real.is_running():
                    self._say(f"{one.kind} {one.name} was not running: started")
        except subprocess.CalledProcessError as fault:
            self._say(f"{one.kind} {one.name} did not start: {fault.stderr}")
        except (OSError, TimeoutError) as fault:
            self._say(f"{one.kind} {one.name} did not start: {fault}")
        finally:
            lock.release()

    def _door(self, one: Wanted) -> Door:
        return Door(one.address, one.port, one.tls, *certificates.server(self._home, one.address))

    def _set_doors(self, doors: frozenset[Door]) -> None:
        before = self._gateway.doors()
        for door in before - doors:
            self._gateway.close(door)
        for door in sorted(doors - self._gateway.doors(), key=lambda door: door.address):
            try:
                self._gateway.open(door)
            except OSError as fault:
                self._say(f"{door.address}:{door.port} is not open: {fault}")
        if self._gateway.doors() != self._told:
            self._told = self._gateway.doors()
            open_doors.tell(self._home, self._told)
