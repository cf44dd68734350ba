"""Policy documents as data: statements in, one spelling of JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

Statement: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]


OWN_SLUG: Final = "${aws:PrincipalTag/slug}"
"""The slug of the tenant whose role asks: a tag of the role, which no tenant may change."""


OWN_MEMBER: Final = "${aws:PrincipalTag/member}"
"""The member for whom the tenant's services took the role on: a tag of the session, which the trust policy asks for."""


def document(*statements: Statement) -> Document:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def text(policy: Mapping[str, Any]) -> str:
    """The policy as AWS is given it: keys sorted, so that equal policies are equal texts."""
    return json.dumps(policy, sort_keys=True)


def allow(sid: str, actions: Sequence[str], resources: Sequence[str] | str = "*", **rest: Any) -> Statement:
    """A statement that allows; `rest` holds Principal and Condition."""
    return _statement("Allow", sid, actions, resources, rest)


def deny(sid: str, actions: Sequence[str], resources: Sequence[str] | str = "*", **rest: Any) -> Statement:
    """A statement that denies; `rest` holds Principal and Condition."""
    return _statement("Deny", sid, actions, resources, rest)


def workload_role(account: str, name: str) -> str:
    """ARN of a role, or of all whose names fit where the name has a `*`."""
    return f"arn:aws:iam::{account}:role/{name}"


def other_workloads(account: str, pattern: str, own_roles: Sequence[str]) -> dict[str, Any]:
    """A condition that holds for every tenant's workload role except the own ones."""
    return {
        "ArnLike": {"aws:PrincipalArn": workload_role(account, pattern)},
        "ArnNotEquals": {"aws:PrincipalArn": [workload_role(account, each) for each in own_roles]},
    }


def _statement(
    effect: str, sid: str, actions: Sequence[str], resources: Sequence[str] | str, rest: Mapping[str, Any]
) -> Statement:
    named = resources if isinstance(resources, str) else list(resources)
    return {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": named, **rest}
