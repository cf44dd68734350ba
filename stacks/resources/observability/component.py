"""Declares an ObservabilitySpec."""

from __future__ import annotations

import json
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope
from stacks.resources.observability.spec import AlarmSpec, ObservabilitySpec

_PERIOD_SECONDS: Final = 300
_PERIODS: Final = 3
_COLUMNS: Final = 2
_WIDTH, _HEIGHT = 12, 6


class Observability(Component):
    """The log group of the tenant's workloads, under its key; alarms that the cell's topic hears; a dashboard."""

    def __init__(
        self, spec: ObservabilitySpec, scope: Scope, key: pulumi.Output[str], topic: pulumi.Output[str]
    ) -> None:
        super().__init__("Observability", scope)
        self.spec, self.topic = spec, topic
        self.log_group = aws.cloudwatch.LogGroup(
            "workload",
            name=spec.log_group,
            retention_in_days=spec.retention_days,
            kms_key_id=key,
            tags=scope.labels(spec.isolation, "workload"),
            opts=self.child(),
        )
        for alarm in spec.alarms:
            self._alarm(alarm)
        aws.cloudwatch.Dashboard(
            "dashboard",
            dashboard_name=spec.dashboard,
            dashboard_body=json.dumps(_body(spec, scope.region), sort_keys=True),
            opts=self.child(),
        )
        self.register_outputs({"logGroup": self.log_group.name})

    def _alarm(self, alarm: AlarmSpec) -> None:
        names = self.scope.names
        aws.cloudwatch.MetricAlarm(
            alarm.role,
            name=names.of(alarm.role),
            alarm_description=f"{names.slug}: {alarm.why}",
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions={alarm.dimension: alarm.of},
            statistic="Average",
            period=_PERIOD_SECONDS,
            evaluation_periods=_PERIODS,
            threshold=alarm.threshold,
            comparison_operator="GreaterThanThreshold" if alarm.above else "LessThanThreshold",
            # what reports nothing may be stopped or new; that it is gone is drift's to say
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic],
            ok_actions=[self.topic],
            tags=self.scope.labels(self.spec.isolation, alarm.role),
            opts=self.child(),
        )


def _body(spec: ObservabilitySpec, region: str) -> dict[str, Any]:
    return {
        "widgets": [
            {
                "type": "metric",
                "x": _WIDTH * (number % _COLUMNS),
                "y": _HEIGHT * (number // _COLUMNS),
                "width": _WIDTH,
                "height": _HEIGHT,
                "properties": {
                    "title": alarm.role,
                    "region": region,
                    "period": _PERIOD_SECONDS,
                    "stat": "Average",
                    "metrics": [[alarm.namespace, alarm.metric, alarm.dimension, alarm.of]],
                    "annotations": {"horizontal": [{"label": "alarm", "value": alarm.threshold}]},
                },
            }
            for number, alarm in enumerate(spec.alarms)
        ]
    }
