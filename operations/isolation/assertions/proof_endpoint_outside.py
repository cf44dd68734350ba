"""By no request, whatever is in it, do data leave for another account through an endpoint of the VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.isolation import endpoints, outside, proving
from operations.isolation.model import Assertion, Level, NotObservable, Outcome, Report, Shows
from operations.isolation.ports import Case
from operations.isolation.proof.world import Endpoint

ASSERTION = Assertion(
    id="proof-endpoint-outside",
    numbers=(84,),
    claim="No request passes the VPC's endpoints that writes, lists or takes away in what is not this account's.",
    kind="network",
    level=Level.PROOF,
    answers=("network.NO_ROUTE_BETWEEN_TENANTS",),
    control="A request exists by which the tenant's role reads its own objects through the endpoint of S3.",
    remedy="Put the policy back: `tenant shared apply --refresh`; in an own VPC `tenant apply TENANT --refresh`.",
    shows=Shows(local="the policies are read; no packets flow there", aws="the policies are read"),
)
_STORES: Final = {"s3": outside.WRITES, "dynamodb": ("dynamodb:*",)}
"""What holds data and is reached by a way that costs nothing: S3 is read through it by everybody, on purpose."""


def check(case: Case) -> Report:
    """Over policies of endpoints alone: who asks may do everything, and what is asked for lets everybody in."""
    found = dict(sorted(_stores(case)))
    if not found:
        raise NotObservable("the VPC has no endpoint of this tool to S3 or DynamoDB")
    return Report(tuple(_controls(case, found)), tuple(_attempts(case, found)))


def _stores(case: Case) -> Iterator[tuple[str, Endpoint]]:
    for each in endpoints.made(case):
        service = str(each["ServiceName"]).rpartition(".")[2]
        if service in _STORES:
            yield service, proving.endpoint(each, service)


def _controls(case: Case, found: dict[str, Endpoint]) -> Iterator[Outcome]:
    account = case.a.blueprint.account
    for service, way in found.items():
        if service == "s3":
            who, own = proving.role(case, case.a), proving.objects(case, case.a)
            yield proving.through(way, "its own objects", who, ("s3:GetObject",), own)
        else:
            yield proving.through(
                way,
                "what is this account's",
                outside.anybody(account),
                _STORES[service],
                [outside.open_to_all(account)],
            )


def _attempts(case: Case, found: dict[str, Endpoint]) -> Iterator[Outcome]:
    account = case.a.blueprint.account
    ours, theirs = outside.anybody(account), outside.anybody(outside.ACCOUNT)
    for service, way in found.items():
        actions = _STORES[service]
        there, here = [outside.open_to_all(outside.ACCOUNT)], [outside.open_to_all(account)]
        yield proving.through(way, f"{service} of others, with a login of this account", ours, actions, there)
        yield proving.through(way, f"{service} of others, with a login of theirs", theirs, actions, there)
        yield proving.through(way, f"{service} of this account, with a login of others", theirs, actions, here)
