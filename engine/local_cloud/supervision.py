"""Keeping a local cloud as it shall be: what the supervisor process does.

It owns the gateway, the refusing endpoint and the mending loop, starts the two emulators and restarts what dies. When
it is killed itself, an emulator starts it again (`watch.py`); a second one for the same home ends at once.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.local_cloud import emulators, locks, refusal
from engine.local_cloud.emulators import Emulator
from engine.local_cloud.home import Home, Settings, write
from engine.local_cloud.network import certificates
from engine.local_cloud.network.gateway import Gateway
from engine.local_cloud.servers import mending, wanted
from engine.local_cloud.servers.mending import Mender
from engine.local_cloud.servers.wanted import Wanted

MODULE = "engine.local_cloud.supervisor"
_PERIOD_SECONDS = 0.1
_log = logging.getLogger("supervisor")


def end_servers(home: Home) -> list[str]:
    """End all real servers; their data stays, and what is wanted of them too."""

    def end(one: Wanted) -> str:
        with locks.held(wanted.lock_file(home, one.kind, one.name)):
            return f"{one.kind} {one.name}" if mending.server(home, one).end() else ""

    with ThreadPoolExecutor() as several:  # a control plane takes seconds
        return [name for name in several.map(end, tuple(wanted.every(home))) if name]


class Supervisor:
    """One run of the supervisor."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self.home, self.settings = home, settings
        self.gateway = Gateway()
        self.emulators = [Emulator(home, name) for name in emulators.NAMES]
        self.mender = Mender(home, self.gateway, _log.warning)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Keep everything running until `stopping` is set, then end everything."""
        certificates.authority(self.home)
        refusal.listen(self.gateway.loop, self.settings.refusal_port)
        while not self.stopping.wait(0 if not self.home.ready_file.exists() else _PERIOD_SECONDS):
            for emulator in self.emulators:
                if emulator.keep(self.settings):
                    _log.warning("%s started", emulator.name)
            self.mender.look()
            if not self.home.ready_file.exists():
                self._become_ready()
        for emulator in self.emulators:
            emulator.end()
        end_servers(self.home)

    def _become_ready(self) -> None:
        endpoints = self.settings.ministack, self.settings.ministack_plain, self.settings.moto
        if all(answers(endpoint, self.home.ca_file) for endpoint in endpoints):
            write(self.home.ready_file, str(os.getpid()))
        else:
            self.stopping.wait(0.05)


def answers(endpoint: str, ca_file: Path) -> bool:
    """Whether an emulator answers: any status will do, with a certificate of the authority where TLS is spoken."""
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
    try:
        opener.open(f"{endpoint}/_local/alive", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
