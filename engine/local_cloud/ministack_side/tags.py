"""Tags across both emulators: those of resources that live here, and those that IAM conditions need of the other."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator
from typing import Any, cast

from engine.local_cloud import hooks, link
from engine.local_cloud.home import Settings

_WITHOUT_COLLECTOR = (
    "eks",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "ssm",
    "cloudwatch_logs",
    "elasticache",
    "apigateway_v1",
)
_STORES = ("_tags", "_trail_tags", "_resource_tags", "_v1_tags")
_IN_MOTO = ("acm", "ec2", "elasticloadbalancing", "rds", "route53", "wafv2")
_log = logging.getLogger("tags")


def install(settings: Settings) -> None:
    """Let `aws:ResourceTag` of what lives in moto be asked of moto."""
    tagging: Any = importlib.import_module("ministack.services.tagging")
    responses: Any = importlib.import_module("ministack.core.responses")
    for name in ("_COLLECTORS", "_RESOURCE_TAG_COLLECTORS"):
        hooks.find(tagging, name)

    def resource_tags(original: Any, arn: str) -> Any:
        parts = arn.split(":")
        if len(parts) < 6 or parts[2] not in _IN_MOTO:
            return original(arn)
        where = (responses.get_account_id(), parts[3] or responses.get_region())
        found = link.ask(settings.moto, settings, "tags", *where, arn)
        return _flat(found) if found else found

    hooks.around(tagging, "resource_tags", resource_tags)


def every(account: str, region: str) -> list[tuple[str, dict[str, str]]]:
    """ARN and tags of all tagged resources of an account and region."""
    responses: Any = importlib.import_module("ministack.core.responses")
    responses.set_request_account_id(account)
    responses.set_request_region(region)
    found: dict[str, dict[str, str]] = {}
    for arn, tags in (*_collected(), *_stored(), *_log_groups()):
        if tags:
            found[arn] = tags
    return sorted(found.items())


def _collected() -> Iterator[tuple[str, dict[str, str]]]:
    tagging: Any = importlib.import_module("ministack.services.tagging")
    for collect in {*tagging._COLLECTORS.values(), *tagging._RESOURCE_TAG_COLLECTORS.values()}:
        try:
            listed = list(collect())
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            _log.warning("%s: %s", collect.__name__, fault)
            continue
        for arn, tags in listed:
            yield str(arn), _flat(tags)


def _stored() -> Iterator[tuple[str, dict[str, str]]]:
    """Services that MiniStack tags and has no collector for."""
    for name in _WITHOUT_COLLECTOR:
        module = sys.modules.get(f"ministack.services.{name}")
        for store in _STORES:
            for arn, tags in list(getattr(module, store, {}).items()):
                if str(arn).startswith("arn:"):
                    yield str(arn), _flat(tags)


def _log_groups() -> Iterator[tuple[str, dict[str, str]]]:
    logs: Any = sys.modules.get("ministack.services.cloudwatch_logs")
    for name, group in list(logs._log_groups.items()) if logs else ():
        yield str(group.get("arn", name)).removesuffix(":*"), _flat(group.get("tags") or {})


def _flat(tags: Any) -> dict[str, str]:
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in cast("dict[Any, Any]", tags).items()}
    listed: list[dict[str, str]] = list(tags)
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in listed}
