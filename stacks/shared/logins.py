"""Secrets of the cell: how whoever works in what tenants share logs in. No workload reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts import secret
from stacks.parts.scope import Component
from stacks.parts.secret import SecretPlan
from stacks.policies import workload


@dataclass(frozen=True, slots=True)
class LoginPlan:
    """The secret's fixed name, who logs in by it, and to what."""

    name: str
    who: str
    to: str


def keep(  # noqa: PLR0913 - a secret has these
    owner: Component,
    isolation: Isolation,
    role: str,
    plan: LoginPlan,
    key: pulumi.Input[str],
    login: Mapping[str, Any],
    after: Sequence[pulumi.Resource] = (),
) -> aws.secretsmanager.SecretVersion:
    """The secret, filled once `after` is there: whoever logs in by it finds everything in place."""
    scope = owner.scope
    held = SecretPlan(
        name=plan.name,
        description=f"How {plan.who} logs in to {plan.to}",
        rules=workload.people(scope.account, scope.workloads),
        tags=scope.labels(isolation, role),
        recovery_days=30,
        protect=scope.phase.protects_services,
    )
    return secret.fill(owner, role, secret.secret(owner, role, held, key), login, after=after)
