"""An alarm on a percentile has no statistic besides; MiniStack says `Average`, and forgets what few samples mean."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks

_FEW_SAMPLES = "EvaluateLowSampleCountPercentile"


def install() -> None:
    """Hook how CloudWatch keeps an alarm."""
    cloudwatch = importlib.import_module("ministack.services.cloudwatch")
    alarms = hooks.find(cloudwatch, "_alarms")

    def put(original: Callable[..., Any], parameters: Any, asked: dict[str, Any], *how: Any) -> Any:
        answer = original(parameters, asked, *how)
        alarm = alarms.get(asked.get("AlarmName"))
        if answer[0] == 200 and alarm and alarm.get("ExtendedStatistic"):
            alarm["Statistic"] = None
            alarm[_FEW_SAMPLES] = asked.get(_FEW_SAMPLES)
        return answer

    hooks.around(cloudwatch, "_put_metric_alarm", put)
