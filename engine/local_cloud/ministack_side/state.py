"""MiniStack's state on disk before an answer goes out. By itself it saves at shutdown only, and hides failed writes."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterable
from typing import Any

from engine.local_cloud import hooks
from engine.local_cloud.home import Home, write

_TRIES = 50


class NotSaved(Exception):
    """A service's state could not be written: changes are refused until it can."""


class State:
    """Saves the services that a request reached."""

    def __init__(self, home: Home) -> None:
        self._app: Any = importlib.import_module("ministack.app")
        self._persistence: Any = importlib.import_module("ministack.core.persistence")
        self._folder = home.folder / "ministack"
        self._asking, self._writing = threading.Lock(), threading.Lock()
        self._asked = self._done = 0
        self._due: set[str] | None = set()  # modules; None is all
        self._fault: str | None = None
        self._written: dict[str, bytes] = {}

    def install(self) -> None:
        """Let retention and legal hold of objects outlive a restart: a held version could be deleted else."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        s3: Any = importlib.import_module("ministack.services.s3")
        kept: Any = hooks.find(s3, "_PERSISTED_BUCKET_DICTS")
        kept["object_retention"] = hooks.find(s3, "_object_retention")
        kept["object_legal_hold"] = hooks.find(s3, "_object_legal_hold")
        for name in ("_build_persistence_save_dict", "_state_map", "SERVICE_REGISTRY", "SERVICE_HANDLERS"):
            hooks.find(self._app, name)
        for name in ("_json_default", "_state_format_version"):
            hooks.find(self._persistence, name)

        def save_all(_: object) -> None:
            self.save(None)

        hooks.instead(self._app, "save_all", save_all)

    def save(self, services: Iterable[str] | None) -> None:
        """Write what changed of these services, or of all. Raises NotSaved with the reason.

        A write costs as much as a service holds: who waited while another wrote finds its own change written with that
        one's successor.
        """
        registry: Any = self._app.SERVICE_REGISTRY
        modules = None if services is None else {str(registry[name]["module"]) for name in services}
        with self._asking:
            self._asked += 1
            mine = self._asked
            self._due = None if modules is None or self._due is None else self._due | modules
        with self._writing:
            if self._done >= mine:
                return
            with self._asking:
                newest, due = self._asked, self._due
                self._due = set()
            try:
                self._write_all(due)
            except (OSError, TypeError, ValueError, RuntimeError) as fault:
                with self._asking:
                    self._due = None
                self._fault = f"{type(fault).__name__}: {fault}"
                raise NotSaved(f"the emulator's state cannot be written to {self._folder}: {self._fault}") from fault
            self._fault, self._done = None, newest

    def _write_all(self, modules: set[str] | None) -> None:
        for key, get in self._app._build_persistence_save_dict().items():
            if modules is None or self._app._state_map[key] in modules:
                self._write(str(key), get)

    def is_sound(self) -> bool:
        """Whether the last write succeeded; where it did not, another is tried now."""
        if self._fault:
            try:
                self.save(None)
            except NotSaved:
                return False
        return True

    def _write(self, key: str, get: Any) -> None:
        state = self._encoded(key, get)
        if state is not None and self._written.get(key) != state:
            write(self._folder / f"{key}.json", state)
            self._written[key] = state

    def _encoded(self, key: str, get: Any) -> bytes | None:
        for attempt in range(_TRIES):
            try:
                payload = get()
                if payload is None:
                    return None
                version = self._persistence._state_format_version(key)
                whole = {"__ministack_format__": version, "payload": payload}
                return json.dumps(whole, default=self._persistence._json_default).encode()
            except RuntimeError:  # another call changed a dict meanwhile; its own save follows
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")
