"""What MiniStack adds to an alarm on a percentile or on several metrics, and what of it is forgotten.

Neither has a statistic besides. An alarm on several metrics is kept and never evaluated.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks

_FORGOTTEN = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile")


def install() -> None:
    """Hook how CloudWatch keeps an alarm."""
    cloudwatch = importlib.import_module("ministack.services.cloudwatch")
    alarms = hooks.find(cloudwatch, "_alarms")

    def put(original: Callable[..., Any], parameters: Any, asked: dict[str, Any], *how: Any) -> Any:
        answer = original(parameters, asked, *how)
        alarm = alarms.get(asked.get("AlarmName"))
        if answer[0] == 200 and alarm:
            alarm.update({member: asked[member] for member in _FORGOTTEN if member in asked})
            added = ("Statistic", "Period") if "Metrics" in asked else ("Statistic",) if _is_percentile(alarm) else ()
            alarm.update(dict.fromkeys(added))
        return answer

    hooks.around(cloudwatch, "_put_metric_alarm", put)


def _is_percentile(alarm: dict[str, Any]) -> bool:
    return bool(alarm.get("ExtendedStatistic"))
