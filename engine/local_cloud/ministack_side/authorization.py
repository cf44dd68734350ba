"""What a request is authorised as: its action and its ARN, where MiniStack's IAM takes another one, or none.

AWS decides these calls on the ARN of what they name; MiniStack knows no ARN for them and takes `*`, so that a policy
that names resources would refuse what AWS allows. Actions and ARNs: Service Authorization Reference.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from engine.local_cloud import hooks

_BUDGETS: Final = {
    "Describe": "ViewBudget",
    "Create": "ModifyBudget",
    "Delete": "ModifyBudget",
    "Update": "ModifyBudget",
}
"""Budgets are decided by two actions, whatever is done to them."""

_NAMED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "budgets": (
        ("BudgetName", "arn:aws:budgets::{account}:budget/{}"),
        ("Budget.BudgetName", "arn:aws:budgets::{account}:budget/{}"),
        ("NewBudget.BudgetName", "arn:aws:budgets::{account}:budget/{}"),
        ("ResourceARN", "{}"),
        ("AccountId", "arn:aws:budgets::{}:budget/*"),
    ),
    "cloudtrail": (("ResourceId", "{}"), ("ResourceIdList.0", "{}")),
    "elasticache": (
        ("ResourceName", "{}"),
        ("SnapshotName", "arn:aws:elasticache:{region}:{account}:snapshot:{}"),
        ("UserGroupId", "arn:aws:elasticache:{region}:{account}:usergroup:{}"),
        ("UserId", "arn:aws:elasticache:{region}:{account}:user:{}"),
        ("CacheSubnetGroupName", "arn:aws:elasticache:{region}:{account}:subnetgroup:{}"),
        ("CacheParameterGroupName", "arn:aws:elasticache:{region}:{account}:parametergroup:{}"),
    ),
    "iam": (("PolicyName", "arn:aws:iam::{account}:policy/{}"),),
    "kms": (("AliasName", "arn:aws:kms:{region}:{account}:{}"),),
    "monitoring": (
        ("ResourceARN", "{}"),
        ("AlarmNames.0", "arn:aws:cloudwatch:{region}:{account}:alarm:{}"),
        ("AlarmNames.member.1", "arn:aws:cloudwatch:{region}:{account}:alarm:{}"),
        ("DashboardName", "arn:aws:cloudwatch::{account}:dashboard/{}"),
        ("DashboardNames.0", "arn:aws:cloudwatch::{account}:dashboard/{}"),
        ("DashboardNames.member.1", "arn:aws:cloudwatch::{account}:dashboard/{}"),
        ("AlarmName", "arn:aws:cloudwatch:{region}:{account}:alarm:{}"),
    ),
    "rds": (
        ("ResourceName", "{}"),
        ("DBSnapshotIdentifier", "arn:aws:rds:{region}:{account}:snapshot:{}"),
        ("DBSubnetGroupName", "arn:aws:rds:{region}:{account}:subgrp:{}"),
        ("DBParameterGroupName", "arn:aws:rds:{region}:{account}:pg:{}"),
        ("DbiResourceId", "arn:aws:rds:{region}:{account}:auto-backup:{}"),
    ),
    "sns": (("ResourceArn", "{}"),),
    "autoscaling": (
        (
            "Tags.member.1.ResourceId",
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{}",
        ),
    ),
}
"""By the service as MiniStack calls it: a member of the request, and the ARN that it makes."""

_PATHS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "backup": (
        (r"/backup-vaults/([^/]+)/recovery-points/([^/]+)", "{1}"),
        (r"/backup-vaults/([^/]+)", "arn:aws:backup:{region}:{account}:backup-vault:{0}"),
        (r"/backup/plans/([^/]+)", "arn:aws:backup:{region}:{account}:backup-plan:{0}"),
        (r"/backup/plans/?$", "arn:aws:backup:{region}:{account}:backup-plan:*"),
        (r"/(?:tags|untag)/(.+)", "{0}"),
    ),
    "eks": ((r"/tags/(.+)", "{0}"),),
}
"""The same for services whose requests name things in their paths."""


def install() -> None:
    """Hook how MiniStack's IAM reads a request."""
    reading = importlib.import_module("ministack.core.iam_actions")
    hooks.around(reading, "extract_iam_action", _with_action)
    hooks.around(reading, "extract_resource_arn", _with_arn)


def action(name: str) -> str:
    """The action that AWS decides by, for the one that MiniStack takes."""
    service, _, operation = name.partition(":")
    verb = re.match("[A-Z][a-z]+", operation)
    if service == "budgets" and verb and verb[0] in _BUDGETS:
        return f"budgets:{_BUDGETS[verb[0]]}"
    return name


def arn(service: str, path: str, members: Mapping[str, str], region: str, account: str) -> str:
    """What a request is about, `*` where that cannot be told."""
    where = {"region": region, "account": account}
    for pattern, template in _PATHS.get(service, ()):
        if found := re.match(pattern, path):
            return template.format(*map(unquote, found.groups()), **where)
    for member, template in _NAMED.get(service, ()):
        if name := members.get(member):
            return name if name.startswith("arn:") else template.format(name, **where)
    return "*"


def _with_action(original: Callable[..., str | None], *request: Any) -> str | None:
    name = original(*request)
    return None if name is None else action(name)


def _with_arn(
    original: Callable[..., str],
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    parameters: Mapping[str, Any],
    *place: str,
) -> str:
    found = original(service, method, path, headers, body, parameters, *place)
    if found != "*":
        return found
    region, account = place
    return arn(service, path, {**_flat(_decoded(headers, body)), **_first(parameters)}, region, account)


def _first(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {name: _one(value) for name, value in parameters.items()}


def _one(value: Any) -> str:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    return str(listed[0]) if listed else ""


def _decoded(headers: Mapping[str, str], body: bytes) -> Any:
    """The members of a request whose body is JSON."""
    if "json" not in headers.get("content-type", ""):
        return {}
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def _flat(value: Any, before: str = "") -> dict[str, str]:
    """Strings of a request by their paths, e.g. `Budget.BudgetName`, `AlarmNames.0`."""
    return dict(_leaves(value, before))


def _leaves(value: Any, before: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield before, value
        return
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(cast("dict[Any, Any]", value).items())
    elif isinstance(value, list):
        pairs = list(enumerate(cast("list[Any]", value)))
    for key, each in pairs:
        yield from _leaves(each, f"{before}.{key}" if before else str(key))
