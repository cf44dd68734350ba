"""GPUs that pods held, and for how long. Pure.

What is known of a pod is one interval, from its start to the last instant that it was seen at or its end. Samples of
the same pod join to one, in whatever order they come, so nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from operations.usage.month import Month


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One pod by the uid that Kubernetes gave it, and the GPUs that it held from `start` until `until`."""

    uid: str
    gpus: int
    start: datetime
    until: datetime

    def seconds(self, month: Month) -> float:
        """GPU seconds of it that are in a month."""
        held = min(self.until, month.end) - max(self.start, month.start)
        return self.gpus * max(held.total_seconds(), 0.0)


def join(uses: Iterable[Use]) -> tuple[Use, ...]:
    """One use a pod, sorted by uid: the longest that all samples of it tell together."""
    found: dict[str, Use] = {}
    for use in uses:
        known = found.setdefault(use.uid, use)
        found[use.uid] = replace(
            known,
            gpus=max(known.gpus, use.gpus),
            start=min(known.start, use.start),
            until=max(known.until, use.until),
        )
    return tuple(found[uid] for uid in sorted(found))


def seconds(uses: Iterable[Use], month: Month) -> float:
    """GPU seconds of all pods in a month."""
    return sum(use.seconds(month) for use in join(uses))
