"""Declares an ObservabilitySpec."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.parts import watching
from stacks.parts.scope import Component, Scope
from stacks.resources.observability.spec import ObservabilitySpec


class Observability(Component):
    """The log group of the tenant's workloads, under its key; alarms that the cell's topic hears; a dashboard."""

    def __init__(
        self, spec: ObservabilitySpec, scope: Scope, key: pulumi.Output[str], topic: pulumi.Output[str]
    ) -> None:
        super().__init__("Observability", scope)
        self.log_group = aws.cloudwatch.LogGroup(
            "workload",
            name=spec.log_group,
            retention_in_days=spec.retention_days,
            kms_key_id=key,
            tags=scope.labels(spec.isolation, "workload"),
            opts=self.child(),
        )
        watching.alarms(self, spec.isolation, spec.alarms, topic)
        if spec.dashboard:
            watching.dashboard(self, spec.dashboard, spec.alarms)
        self.register_outputs({"logGroup": self.log_group.name})
