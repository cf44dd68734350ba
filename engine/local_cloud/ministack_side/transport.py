"""`aws:SecureTransport` is what the connection was: true for a request that came over TLS, false for any other.

MiniStack believes a header in which every client may claim anything (`x-forwarded-proto`).
"""

from __future__ import annotations

import contextvars
import importlib
from collections.abc import Callable

from engine.local_cloud import hooks

SECURE: contextvars.ContextVar[bool] = contextvars.ContextVar("secure", default=False)


def install() -> None:
    """Hook what MiniStack's IAM remembers of a request's origin, in the module that calls it."""
    hooks.around(importlib.import_module("ministack.app"), "pin_request_origin", _as_it_came)


def _as_it_came(original: Callable[[str, bool], None], address: str, _: bool) -> None:  # noqa: FBT001 - MiniStack's call
    original(address, SECURE.get())
