"""Who may take on a tenant's role is written in its trust."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, finding, there
from operations.isolation.ports import Case
from stacks.resources.identity.spec import IdentitySpec

ASSERTION = Assertion(
    id="iam-trust-own",
    numbers=(8, 13),
    claim="A role is trusted to the tenant's own pods and named principals, and to services of this account only.",
    kind="identity",
    level=Level.CONFIG,
    answers=("identity.ROLE_CANNOT_TAKE_NEIGHBOURS_ROLE",),
    control="The trust names the tenant's own namespace.",
    remedy="Put the role's trust back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the role's trust policy."""
    a = case.a
    role = case.read("iam", "GetRole", RoleName=a.said("roleArn").rpartition("/")[2])["Role"]
    trust = role["AssumeRolePolicyDocument"]
    return Report(
        (there("its own namespace in the trust", lambda: f"'{a.slug}'" in str(trust)),),
        (finding("others in the trust", lambda: sorted(_others(case, trust))),),
    )


def _others(case: Case, trust: Any) -> Iterator[str]:
    named = set(case.a.blueprint.of(IdentitySpec).principals)
    for statement in policies.allowing(trust):
        yield from policies.strangers(statement, case.a.slug)
        yield from set(policies.principals(statement, "AWS")) - named
        for service in policies.principals(statement, "Service"):
            if not policies.conditions(statement) & {"aws:sourceaccount", "aws:sourcearn"}:
                yield f"{service} of any account"
