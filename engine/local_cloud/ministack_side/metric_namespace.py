"""The namespace of metrics that a request writes as a condition key: MiniStack's IAM has none.

Without it `cloudwatch:namespace` is never true (Amazon CloudWatch User Guide, iam-cw-condition-keys-namespace).
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook what MiniStack's IAM knows of a request."""
    hooks.around(importlib.import_module("ministack.core.iam_actions"), "request_tag_context", _with_namespace)


def key(action: str, body: bytes) -> dict[str, str]:
    """The condition key of a request that writes metrics; none of any other."""
    if action != "cloudwatch:PutMetricData":
        return {}
    try:
        return {"cloudwatch:namespace": str(json.loads(body)["Namespace"])}
    except (ValueError, KeyError, TypeError):
        return {}


def _with_namespace(
    original: Callable[..., dict[str, Any]], service: str, action: str, body: bytes, parameters: dict[str, Any]
) -> dict[str, Any]:
    return {**original(service, action, body, parameters), **key(action, body)}
