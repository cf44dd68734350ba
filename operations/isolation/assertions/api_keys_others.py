"""Whoever knows a key calls in the name of its tenant, and uses up its quota."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operations.isolation import logins
from operations.isolation.model import Assertion, Level, Party, Report, there, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="api-keys-others",
    numbers=(5,),
    claim="No tenant reads another one's API key from API Gateway, lists keys, or changes a usage plan.",
    kind="api_access",
    level=Level.LIVE,
    pairwise=True,
    answers=("api_access.API_KEYS_OF_OTHERS_UNREADABLE",),
    control="A reads its own secrets, and B's key is there.",
    remedy="Look at A's role and its boundary: `tenant drift` shows both; then replace B's key: it may be known.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where B has a key, whether or not A has one."""
    return b is not None and logins.has_key(b)


def check(case: Case) -> Report:
    """As A's role. What is let through does no harm: the patch has no steps."""
    a, b, who = case.a, case.b, case.acting
    key, plan = b.said("apiKeyId"), b.said("usagePlanId")
    tried: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("GetApiKey", {"apiKey": key, "includeValue": True}),
        ("GetApiKeys", {"includeValues": True}),
        ("GetUsagePlanKeys", {"usagePlanId": plan}),
        ("UpdateUsagePlan", {"usagePlanId": plan, "patchOperations": []}),
    )
    return Report(
        (
            *(
                trying(
                    f"{name} of {a.tenant}",
                    lambda n=name: who.aws("secretsmanager", "GetSecretValue", SecretId=a.said(n)),
                )
                for name in logins.names(a)
            ),
            there(f"the key of {b.tenant}", lambda: case.present("apigateway", "GetApiKey", apiKey=key)),
        ),
        tuple(
            trying(f"{operation} of {b.tenant}", lambda o=operation, g=given: who.aws("apigateway", o, **g))
            for operation, given in tried
        ),
    )
