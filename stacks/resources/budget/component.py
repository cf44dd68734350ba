"""Declares a BudgetSpec."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope
from stacks.resources.budget.spec import BudgetSpec

_TOLD: Final = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class Budget(Component):
    """One budget of the cost of what carries the stack's tag; nothing where the limit is 0."""

    def __init__(self, spec: BudgetSpec, scope: Scope, topic: pulumi.Output[str]) -> None:
        super().__init__("Budget", scope)
        if spec.monthly_usd:
            key, value = spec.tag
            aws.budgets.Budget(
                "budget",
                name=spec.name,
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=str(spec.monthly_usd),
                limit_unit="USD",
                cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:{key}${value}"])],
                notifications=[
                    aws.budgets.BudgetNotificationArgs(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                        subscriber_email_addresses=[spec.mail] if spec.mail else [],
                        subscriber_sns_topic_arns=[topic],
                    )
                    for kind, percent in _TOLD
                ],
                tags=scope.labels(spec.isolation, "budget"),
                opts=self.child(),
            )
        self.register_outputs({})
