"""A secret of Secrets Manager as all of ours are: under a key, with a policy of its own, filled with a login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component
from stacks.policies import document


@dataclass(frozen=True, slots=True)
class SecretPlan:
    """Its fixed name, what it is for, its policy, its tags, and the days in which a deleted one can be had back."""

    name: str
    description: str
    rules: document.Document
    tags: Mapping[str, str]
    recovery_days: int
    protect: bool = False


def secret(owner: Component, role: str, plan: SecretPlan, key: pulumi.Input[str]) -> aws.secretsmanager.Secret:
    """The secret, empty yet."""
    made = aws.secretsmanager.Secret(
        role,
        name=plan.name,
        description=plan.description,
        kms_key_id=key,
        recovery_window_in_days=plan.recovery_days,
        tags=dict(plan.tags),
        opts=owner.child(protect=plan.protect),
    )
    aws.secretsmanager.SecretPolicy(
        role, secret_arn=made.arn, policy=document.text(plan.rules), block_public_policy=True, opts=owner.child()
    )
    return made


def fill(
    owner: Component,
    role: str,
    made: aws.secretsmanager.Secret,
    login: Mapping[str, Any],
    after: Sequence[pulumi.Resource] = (),
) -> aws.secretsmanager.SecretVersion:
    """What a client logs in with, as JSON; Pulumi keeps it encrypted in its state."""
    text = pulumi.Output.secret(pulumi.Output.json_dumps(dict(login), sort_keys=True))
    return aws.secretsmanager.SecretVersion(role, secret_id=made.id, secret_string=text, opts=owner.child(after=after))
