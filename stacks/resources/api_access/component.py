"""Declares an ApiAccessSpec."""

from __future__ import annotations

from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope
from stacks.resources.api_access.spec import ApiAccessSpec

_HEADER: Final = "x-api-key"
"""Where API Gateway looks for keys, unless the API takes them from its authorizer."""


class ApiAccess(Component):
    """A usage plan of one stage with the tenant's quota, and a key in it. AWS makes the key up."""

    def __init__(self, spec: ApiAccessSpec, scope: Scope) -> None:
        super().__init__("ApiAccess", scope)
        self.spec = spec
        self.plan = aws.apigateway.UsagePlan(
            "api",
            name=spec.name,
            description=f"Requests of tenant stack {scope.names.slug}",
            api_stages=[aws.apigateway.UsagePlanApiStageArgs(api_id=spec.api, stage=spec.stage)],
            quota_settings=aws.apigateway.UsagePlanQuotaSettingsArgs(limit=spec.calls_daily, period="DAY"),
            tags=scope.labels(spec.isolation, "api"),
            opts=self.child(),
        )
        self.key = aws.apigateway.ApiKey(
            "api",
            name=spec.name,
            description=f"Key of tenant stack {scope.names.slug}",
            tags=scope.labels(spec.isolation, "api"),
            opts=self.child(),
        )
        # the SDK keeps the key's value secret at the key, and not at its place in the plan
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        aws.apigateway.UsagePlanKey(
            "api",
            usage_plan_id=self.plan.id,
            key_id=self.key.id,
            key_type="API_KEY",
            opts=pulumi.ResourceOptions.merge(self.child(), hidden),
        )
        self.register_outputs({})

    def login(self) -> dict[str, Any]:
        """What a client calls the API with."""
        return {"api": self.spec.api, "stage": self.spec.stage, "header": _HEADER, "key": self.key.value}
