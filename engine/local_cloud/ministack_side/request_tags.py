"""`aws:RequestTag` of EC2's tag specifications, which MiniStack does not read: a true condition would deny."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any, cast

from engine.local_cloud import hooks

_KEY = re.compile(r"(TagSpecification\.\d+\.Tag\.\d+)\.Key")


def install() -> None:
    """Hook what MiniStack's IAM knows of a request's tags."""
    hooks.around(importlib.import_module("ministack.core.iam_actions"), "request_tag_context", _with_specifications)


def _with_specifications(
    original: Callable[..., dict[str, Any]], service: str, action: str, body: bytes, parameters: dict[str, Any]
) -> dict[str, Any]:
    return {**original(service, action, body, parameters), **(context(parameters) if service == "ec2" else {})}


def context(parameters: dict[str, Any]) -> dict[str, Any]:
    """The condition keys of the tags that an EC2 call gives to what it makes."""
    found: dict[str, str] = {}
    for name in parameters:
        if specified := _KEY.fullmatch(name):
            found[_first(parameters[name])] = _first(parameters.get(f"{specified[1]}.Value", ""))
    tags: dict[str, Any] = {f"aws:RequestTag/{key}".lower(): value for key, value in found.items()}
    return {**tags, "aws:TagKeys": list(found)} if found else {}


def _first(value: Any) -> str:
    return str(cast("list[Any]", value)[0] if isinstance(value, list) else value)
