"""What a listed pod tells of the GPUs that it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from operations.usage.gpus import Use

Listed: TypeAlias = Any
"""An object of Kubernetes, or a part of one, as its server lists it."""

RESOURCE: Final = "nvidia.com/gpu"
_ENDED: Final = ("Succeeded", "Failed")


def uses(pods: Iterable[Listed], at: datetime) -> Iterator[Use]:
    """Uses of the pods that have a place on a node and GPUs, as they were listed at this instant."""
    for pod in pods:
        gpus, start = _gpus(pod), _start(pod)
        if gpus and start is not None:
            until = _end(pod, start) if _found(pod, "status", "phase") in _ENDED else at
            yield Use(str(pod["metadata"]["uid"]), gpus, start, max(start, until))


def _gpus(pod: Listed) -> int:
    """As the scheduler counts: what all containers want together, or one that runs before them."""
    together = sum(map(_wanted, _items(pod, "spec", "containers")))
    before = max(map(_wanted, _items(pod, "spec", "initContainers")), default=0)
    return max(together, before)


def _wanted(container: Listed) -> int:
    asked = (_found(container, "resources", kind, RESOURCE) for kind in ("limits", "requests"))
    return next((int(each) for each in asked if each is not None), 0)


def _start(pod: Listed) -> datetime | None:
    """When it got its place on a node, from which on nobody else has its GPUs; None while it waits."""
    if not _found(pod, "spec", "nodeName"):
        return None
    placed = [
        each.get("lastTransitionTime")
        for each in _items(pod, "status", "conditions")
        if each.get("type") == "PodScheduled" and each.get("status") == "True"
    ]
    told = [_moment(each) for each in (*placed, _found(pod, "status", "startTime")) if each]
    return min(told, default=_moment(pod["metadata"]["creationTimestamp"]))


def _end(pod: Listed, start: datetime) -> datetime:
    """When its last container ended; where none says so, when its condition changed last."""
    ended = [_found(each, "state", "terminated", "finishedAt") for each in _items(pod, "status", "containerStatuses")]
    changed = [each.get("lastTransitionTime") for each in _items(pod, "status", "conditions")]
    moments = [_moment(each) for each in ended if each] or [_moment(each) for each in changed if each]
    return max(moments, default=start)


def _found(where: Listed, *keys: str) -> Any:
    """What stands below these keys; None where one of them is not there."""
    for key in keys:
        where = where.get(key) if where else None
    return where


def _items(where: Listed, *keys: str) -> Sequence[Any]:
    return _found(where, *keys) or ()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
