"""Calls are counted in the plan that a key is in: in another one's they use up what is the other one's."""

from __future__ import annotations

from operations.isolation import logins
from operations.isolation.model import Assertion, Level, Party, Report, finding, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="api-key-own-plan",
    numbers=(70,),
    claim="A tenant's API key is in its own usage plan and in no other, and no other key is in that plan.",
    kind="api_access",
    level=Level.CONFIG,
    answers=("api_access.API_KEY_IN_NO_OTHER_PLAN",),
    control="The key is enabled and in the plan.",
    remedy="Take the key out where it is not at home (`delete-usage-plan-key`); then `tenant apply TENANT --refresh`.",
)
_PAGE = 500
"""The most that one answer lists: whatever is beyond is not alone there."""


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants that have a key."""
    return logins.has_key(a)


def check(case: Case) -> Report:
    """Read from API Gateway, which lists a key's plans and a plan's keys."""
    key, plan = case.a.said("apiKeyId"), case.a.said("usagePlanId")

    def others(operation: str, own: str, **of: str) -> list[str]:
        listed = case.read("apigateway", operation, limit=_PAGE, **of).get("items") or ()
        return sorted(str(each["id"]) for each in listed if each["id"] != own)

    return Report(
        (
            there("its key", lambda: case.read("apigateway", "GetApiKey", apiKey=key)["enabled"] is True),
            there(
                "its key in its plan",
                lambda: case.present("apigateway", "GetUsagePlanKey", usagePlanId=plan, keyId=key),
            ),
        ),
        (
            finding("other plans with its key", lambda: others("GetUsagePlans", plan, keyId=key)),
            finding("other keys in its plan", lambda: others("GetUsagePlanKeys", key, usagePlanId=plan)),
        ),
    )
