"""The encryption context of a request to KMS as condition keys, which MiniStack's IAM does not have.

Without them `kms:EncryptionContext:tenant` is never true, in no role's policy and in no key's.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any, Final, cast

from engine.local_cloud import hooks

_WHERE: Final = (
    ("EncryptionContext",),
    ("SourceEncryptionContext",),
    ("Constraints", "EncryptionContextEquals"),
    ("Constraints", "EncryptionContextSubset"),
)
"""Where requests carry one; of a ReEncrypt the source's, of a CreateGrant what it is bound to."""


def install() -> None:
    """Hook what MiniStack's IAM knows of a request."""
    hooks.around(importlib.import_module("ministack.core.iam_actions"), "request_tag_context", _with_context)


def keys(body: bytes) -> dict[str, Any]:
    """The condition keys of a request to KMS; none where it carries no context."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    found = next(filter(None, (_at(request, path) for path in _WHERE)), dict[str, Any]())
    told: dict[str, Any] = {f"kms:EncryptionContext:{key}": str(value) for key, value in found.items()}
    return {**told, "kms:EncryptionContextKeys": list(found)} if found else {}


def _at(request: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        request = cast("dict[str, Any]", request).get(name) if isinstance(request, dict) else None
    return cast("dict[str, Any]", request) if isinstance(request, dict) else {}


def _with_context(
    original: Callable[..., dict[str, Any]], service: str, action: str, body: bytes, parameters: dict[str, Any]
) -> dict[str, Any]:
    return {**original(service, action, body, parameters), **(keys(body) if service == "kms" else {})}
