"""What an alarm says, for tenants and for cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    """Sounds when a metric of one thing is beyond the threshold for three times five minutes."""

    role: str
    why: str
    namespace: str
    metric: str
    dimension: str
    of: str
    above: bool
    threshold: float
    statistic: str = "Average"
