"""A tenant that calls without end leaves the API to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operations.isolation import logins
from operations.isolation.model import Assertion, Level, Party, Report, finding, setting, there
from operations.isolation.ports import Case
from stacks.resources.api_access.spec import ApiAccessSpec

ASSERTION = Assertion(
    id="api-calls-held",
    numbers=(70,),
    claim="A tenant's usage plan lets it call as often in a day as its profile says, and opens no other stage to it.",
    kind="api_access",
    level=Level.CONFIG,
    answers=("api_access.CALLS_HELD_TO_QUOTA",),
    control="The plan opens the environment's stage, and the key is in it.",
    remedy="Put quota and stages back: `tenant apply TENANT --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants that have a key."""
    return logins.has_key(a)


def check(case: Case) -> Report:
    """Read from the plan. AWS counts as well as it can: that is no hard limit there."""
    spec, key = case.a.blueprint.of(ApiAccessSpec), case.a.said("apiKeyId")
    plan = {"usagePlanId": case.a.said("usagePlanId")}
    found = case.read("apigateway", "GetUsagePlan", **plan)
    own, stages = f"{spec.api}:{spec.stage}", {f"{each['apiId']}:{each['stage']}" for each in found["apiStages"]}
    return Report(
        (
            there("its stage", lambda: own in stages),
            there("its key", lambda: case.present("apigateway", "GetUsagePlanKey", **plan, keyId=key)),
        ),
        (
            setting("its quota", lambda: _a_day(found.get("quota") or {}) == spec.calls_daily),
            finding("other stages", lambda: sorted(stages - {own})),
        ),
    )


def _a_day(quota: Mapping[str, Any]) -> int | None:
    """Calls a day; None where as many are allowed as one likes, or in another period."""
    return quota.get("limit") if quota.get("period") == "DAY" else None
