"""What is sent through a VPC's endpoints is sent by whoever is of this account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from operations.isolation import endpoints, policies
from operations.isolation.model import Assertion, Level, NotObservable, Report, Shows, finding, there
from operations.isolation.policies import Statement
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="net-endpoint-policies",
    numbers=(84,),
    claim="Endpoints of the tenant's VPC let no login of another account through, but to read objects.",
    kind="network",
    level=Level.CONFIG,
    answers=("network.NO_ROUTE_BETWEEN_TENANTS",),
    control="The endpoints are there, and let this account through.",
    remedy="Put the policy back: `tenant shared apply --refresh`; in an own VPC `tenant apply TENANT --refresh`.",
    shows=Shows(local="the policies are read; no packets flow there", aws="the policies are read"),
)


def check(case: Case) -> Report:
    """Read from the endpoints that this tool made."""
    found = {
        str(each["ServiceName"]): tuple(policies.allowing(each["PolicyDocument"])) for each in endpoints.made(case)
    }
    if not found:
        raise NotObservable("the VPC has no endpoint of this tool")
    account = case.a.blueprint.account
    return Report(
        tuple(
            there(f"a way for this account to {service}", lambda s=allowing: any(_ours(each, account) for each in s))
            for service, allowing in sorted(found.items())
        ),
        (finding("statements that let others through", lambda: sorted(_others(found, account))),),
    )


def _others(found: Mapping[str, tuple[Statement, ...]], account: str) -> Iterator[str]:
    for service, statements in found.items():
        for each in statements:
            reads = service.endswith(".s3") and each.get("Action") in ("s3:GetObject", ["s3:GetObject"])
            if not reads and not _ours(each, account):
                yield f"{service}: {each.get('Sid') or 'a statement without a name'}"


def _ours(statement: Statement, account: str) -> bool:
    """Whether it is for logins of this account only."""
    said: Any = statement.get("Condition", {}).get("StringEquals", {})
    asked = {key.lower(): value for key, value in said.items()}
    return asked.get("aws:principalaccount") in (account, [account])
