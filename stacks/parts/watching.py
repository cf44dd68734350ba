"""Alarms, and the dashboard that shows what they listen to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.alarms import AlarmSpec
from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component

_COLUMNS: Final = 2
_WIDTH, _HEIGHT = 12, 6


def alarms(owner: Component, isolation: Isolation, wanted: Sequence[AlarmSpec], topic: pulumi.Output[str]) -> None:
    """Alarms that tell the topic when they sound and when they stop."""
    names = owner.scope.names
    for alarm in wanted:
        aws.cloudwatch.MetricAlarm(
            alarm.role,
            name=names.of(alarm.role),
            alarm_description=f"{names.slug}: {alarm.why}",
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions={alarm.dimension: alarm.of, **dict(alarm.also)},
            statistic=alarm.statistic,
            period=alarm.seconds,
            evaluation_periods=alarm.periods,
            threshold=alarm.threshold,
            comparison_operator="GreaterThanThreshold" if alarm.above else "LessThanThreshold",
            # what reports nothing may be stopped or new; that it is gone is drift's to say
            treat_missing_data="notBreaching",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=owner.scope.labels(isolation, alarm.role),
            opts=owner.child(),
        )


def dashboard(owner: Component, name: str, shown: Sequence[AlarmSpec]) -> None:
    """A graph an alarm, with its threshold."""
    aws.cloudwatch.Dashboard(
        "dashboard",
        dashboard_name=name,
        dashboard_body=json.dumps(_body(shown, owner.scope.region), sort_keys=True),
        opts=owner.child(),
    )


def _body(shown: Sequence[AlarmSpec], region: str) -> dict[str, Any]:
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
                    "period": alarm.seconds,
                    "stat": alarm.statistic,
                    "metrics": [[alarm.namespace, alarm.metric, alarm.dimension, alarm.of, *_words(alarm)]],
                    "annotations": {"horizontal": [{"label": "alarm", "value": alarm.threshold}]},
                },
            }
            for number, alarm in enumerate(shown)
        ]
    }


def _words(alarm: AlarmSpec) -> list[str]:
    return [word for pair in alarm.also for word in pair]
