"""`aws:PrincipalArn` of an assumed role: AWS gives the role's ARN, MiniStack the session's.

AWS: "For IAM roles, the request context returns the ARN of the role, not the ARN of the user that assumed the role"
(IAM User Guide, AWS global condition context keys). A policy that names roles would otherwise never match.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks

_SESSION = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>.+)/[^/]+")


def install() -> None:
    """Hook how MiniStack's IAM resolves a condition key."""
    hooks.around(importlib.import_module("ministack.core.iam_evaluator"), "_resolve_condition_key", _with_role)


def role_of(arn: str) -> str:
    """The role's ARN for the ARN of one of its sessions; every other ARN as it is."""
    session = _SESSION.fullmatch(arn)
    return "arn:{partition}:iam::{account}:role/{role}".format(**session.groupdict()) if session else arn


def _with_role(original: Callable[..., Any], key: str, context: Any) -> Any:
    value = original(key, context)
    return role_of(value) if key.lower() == "aws:principalarn" and isinstance(value, str) else value
