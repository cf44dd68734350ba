"""Puts the moto process together: hooks, state, watch, and the server."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from engine.local_cloud import emulators, watch
from engine.local_cloud.home import Home
from engine.local_cloud.moto_side import (
    issuing,
    launch_templates,
    managed_secret,
    protection,
    record_sets,
    scaling,
    state,
    tagging,
    web_acls,
)
from engine.local_cloud.moto_side.app import App
from engine.local_cloud.moto_side.databases import Databases
from engine.local_cloud.moto_side.side import Side

_MEND_SECONDS = 1.0
_log = logging.getLogger("moto")


def install_hooks(side: Side) -> Databases:
    """All hooks of this process. Raises hooks.MissingHook where the installed moto lacks a name."""
    rds: Any = importlib.import_module("moto.rds.models")
    managed_secret.install(rds, side)
    launch_templates.install()
    scaling.install()
    issuing.install()
    protection.install()
    record_sets.install()
    web_acls.install()
    databases = Databases(side, rds)
    databases.install()
    tagging.install(side)
    return databases


def run(folder: str) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.WARNING)
    home = Home(Path(folder))
    settings = home.settings()
    assert settings is not None, "the supervisor writes the settings before it starts an emulator"
    lock = watch.announce(home, emulators.MOTO)
    server: Any = importlib.import_module("moto.moto_server.werkzeug_app")
    make_server: Any = importlib.import_module("werkzeug.serving").make_server
    side = Side(home, settings)
    databases = install_hooks(side)
    state.teach_pickle()
    saved = state.State(home.folder / emulators.MOTO / "state.pickle")
    (home.folder / emulators.MOTO).mkdir(mode=0o700, exist_ok=True)
    saved.load()

    def leave(*_: object) -> None:
        os._exit(0)  # everything answered is on disk already; threads that serve are dropped

    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=_mend, args=(databases,), daemon=True, name="mend").start()
    watch.over(home)
    inner = server.DomainDispatcherApplication(server.create_backend_app)
    app = App(side, inner, saved, databases)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    handler: Any = server.MotoRequestHandler
    handler.protocol_version = "HTTP/1.1"
    make_server("127.0.0.1", settings.moto_port, app, threaded=True, request_handler=handler).serve_forever()
    lock.release()


def _mend(databases: Databases) -> None:
    while True:
        time.sleep(_MEND_SECONDS)
        try:
            databases.mend()
        except (OSError, TimeoutError) as fault:
            _log.warning("an instance could not be made what it shall be: %s", fault)
