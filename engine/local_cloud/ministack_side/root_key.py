"""Who is root: the one random key of the home, with its signature checked like anyone's.

MiniStack as it comes takes an empty key, `test`, any account id and the configured key for root, and checks no root
signature: whoever reaches the port would own the cloud.
"""

from __future__ import annotations

import hmac
import importlib
from typing import Any

from engine.local_cloud import hooks
from engine.local_cloud.home import Settings


def install(settings: Settings) -> None:
    """Narrow root in every module that asks who it is."""
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    sts: Any = importlib.import_module("ministack.services.sts")

    def is_root(access_key_id: str) -> bool:
        return hmac.compare_digest((access_key_id or "").encode(), settings.access_key.encode())

    def skips_the_check(_: str) -> bool:
        return False

    hooks.instead(evaluator, "is_root_access_key", is_root)
    hooks.instead(sts, "is_root_access_key", is_root)
    hooks.instead(evaluator, "_is_root_key", skips_the_check)  # asked by pin_signed_request: whose signature to skip
