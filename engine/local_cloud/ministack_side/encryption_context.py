"""The encryption context of a request to KMS as condition keys, and its caller's account: MiniStack's IAM has neither.

Without them `kms:EncryptionContext:tenant` and `kms:CallerAccount` are never true, in no role's policy and in no key's.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
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
    return conditions(next(filter(None, (_at(request, path) for path in _WHERE)), dict[str, Any]()))


def conditions(found: Mapping[str, Any]) -> dict[str, Any]:
    """The condition keys of an encryption context; none of an empty one."""
    told: dict[str, Any] = {f"kms:EncryptionContext:{key}": str(value) for key, value in found.items()}
    return {**told, "kms:EncryptionContextKeys": list(found)} if found else {}


def caller() -> dict[str, Any]:
    """The condition key of the account that asks."""
    responses: Any = importlib.import_module("ministack.core.responses")
    return {"kms:CallerAccount": responses.get_account_id()}


def _at(request: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        request = cast("dict[str, Any]", request).get(name) if isinstance(request, dict) else None
    return cast("dict[str, Any]", request) if isinstance(request, dict) else {}


def _with_context(
    original: Callable[..., dict[str, Any]], service: str, action: str, body: bytes, parameters: dict[str, Any]
) -> dict[str, Any]:
    known = original(service, action, body, parameters)
    return {**known, **caller(), **keys(body)} if service == "kms" else known
