"""What listed pods tell of GPUs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from operations.usage import gate, pods
from operations.usage.gate import Gate
from operations.usage.gpus import Use

START, END = "2026-11-28T09:00:00Z", "2026-11-28T10:30:00Z"
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)


def pod(*gpus: int, phase: str = "Running", node: str = "node", **status: Any) -> dict[str, Any]:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": str(each)}} if each else {}} for each in gpus]
    placed = {"type": "PodScheduled", "status": "True", "lastTransitionTime": START}
    return {
        "metadata": {"uid": "u1", "creationTimestamp": "2026-11-28T08:00:00Z"},
        "spec": {"containers": containers, **({"nodeName": node} if node else {})},
        "status": {"phase": phase, "conditions": [placed] if node else [], **status},
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_running_pod_holds_its_gpus_from_its_place_on_a_node_until_now() -> None:
    assert list(pods.uses([pod(1, 0, 2)], AT)) == [Use("u1", 3, moment(START), AT)]


def test_an_ended_pod_held_them_until_its_last_container_ended() -> None:
    ended: list[dict[str, Any]] = [{"state": {"terminated": {"finishedAt": END}}}, {"state": {}}]
    (use,) = pods.uses([pod(1, phase="Succeeded", containerStatuses=ended)], AT)
    assert use.until == moment(END)


def test_an_ended_pod_that_does_not_say_when_does_not_go_on_for_ever() -> None:
    (use,) = pods.uses([pod(1, phase="Failed")], AT)
    assert use.until == moment(START)


def test_pods_that_wait_or_want_no_gpu_hold_none() -> None:
    assert not list(pods.uses([pod(1, phase="Pending", node=""), pod(0)], AT))


def test_a_container_that_runs_before_the_others_counts_where_it_wants_more() -> None:
    asked = pod(1)
    asked["spec"]["initContainers"] = [{"resources": {"limits": {"nvidia.com/gpu": 4}}}]
    assert next(pods.uses([asked], AT)).gpus == 4


def test_the_gate_closes_with_the_last_hour_and_stands_where_there_are_none() -> None:
    assert gate.of(3599.9, 1) is Gate.OPEN
    assert gate.of(3600, 1) is Gate.CLOSED
    assert gate.of(0, 0) is Gate.CLOSED
