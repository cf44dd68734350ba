"""moto's state on disk before an answer goes out: one pickle of every backend, one write for all who wait.

An object that cannot be pickled would stop all later saves: then the process refuses every change until it can save
again, and says why.
"""

from __future__ import annotations

import copyreg
import importlib
import logging
import pickle
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from engine.local_cloud.home import write

_backends: Any = importlib.import_module("moto.backends")
_random: Any = importlib.import_module("moto.moto_api._internal").mock_random
_index: Any = importlib.import_module("moto.backend_index")
_NOT_STATE = ("moto_api", "instance_metadata", "resourcegroupstaggingapi")
"""What is made anew: the tagging API keeps nothing but listings under way, and those cannot be pickled."""
_TRIES = 50
_log = logging.getLogger("state")


class NotSaved(Exception):
    """The state could not be written: changes are refused until it can."""


def private_key(pem: bytes) -> Any:
    """Named here, because cryptography's own loaders cannot be pickled."""
    return serialization.load_pem_private_key(pem, None)


def certificate(pem: bytes) -> Any:
    """See private_key."""
    return x509.load_pem_x509_certificate(pem)


def teach_pickle() -> None:
    """Keys and certificates (ACM) are pickled as PEM, locks (ECR) as new ones: who holds one is no state."""

    def key(value: Any) -> tuple[Any, ...]:
        form = serialization.PrivateFormat.PKCS8
        return private_key, (value.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()),)

    def signed(value: Any) -> tuple[Any, ...]:
        return certificate, (value.public_bytes(serialization.Encoding.PEM),)

    register: Any = copyreg.pickle
    for made in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())):
        register(type(made), key)
    register(x509.Certificate, signed)
    for lock in (threading.Lock, threading.RLock):
        register(type(lock()), partial(_anew, lock))


def _anew(lock: Callable[[], Any], _: Any) -> tuple[Any, ...]:
    return lock, ()


class State:
    """The state file. `save` returns when all that happened before the call is on disk."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._asked = self._done = 0
        self._fault: str | None = None
        self._turn = threading.Condition()
        self._writing = threading.Lock()

    def load(self) -> None:
        """Put back what was saved; nothing where there is no file."""
        if not self._file.exists():
            return
        content: Any = pickle.loads(self._file.read_bytes())  # noqa: S301 - an own file, owner only
        services, seed = content
        _random.setstate(seed)
        for name, accounts in services.items():
            for account, regions in accounts.items():
                for region, backend in regions.items():
                    dict[str, Any].__setitem__(_backends.get_backend(name)[account], region, backend)

    def save(self) -> None:
        """Have everything on disk. Raises NotSaved, and then each time until a write succeeds."""
        with self._turn:
            self._asked += 1
            mine = self._asked
        with self._writing:
            if self._done >= mine:
                self._raise_fault()
                return
            covered = self._asked
            try:
                write(self._file, _pickled())
                self._fault = None
            except (OSError, pickle.PicklingError, TypeError, AttributeError, RuntimeError) as fault:
                self._fault = f"{type(fault).__name__}: {fault}"
                _log.error("the state cannot be written to %s: %s", self._file, self._fault)
            self._done = covered
            self._raise_fault()

    def is_sound(self) -> bool:
        """Whether the last write succeeded; where it did not, another is tried now."""
        if self._fault:
            try:
                self.save()
            except NotSaved:
                return False
        return True

    def _raise_fault(self) -> None:
        if self._fault:
            raise NotSaved(f"the emulator's state cannot be written to {self._file}: {self._fault}")


def _pickled() -> bytes:
    for attempt in range(_TRIES):
        try:
            return pickle.dumps((_collected(), _random.getstate()), protocol=5)
        except RuntimeError:  # another thread changed a dict meanwhile; its own save follows
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _collected() -> dict[str, dict[str, dict[str, Any]]]:
    loaded = {name for name, _ in _index.backend_url_patterns if f"moto.{name}.models" in sys.modules}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in sorted(loaded.difference(_NOT_STATE)):
        backend: Any = _backends.get_backend(name)
        if type(backend).__name__ == "BackendDict" and backend:
            found[name] = {account: dict(backend[account]) for account in list(backend)}
    return found
