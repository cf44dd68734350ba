from __future__ import annotations

from typing import Any

import pytest

from engine.providers.kubernetes import readiness
from engine.providers.kubernetes.readiness import Hopeless


def live(kind: str, status: dict[str, Any], spec: dict[str, Any] | None = None, **annotations: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "metadata": {"generation": 2, "annotations": annotations},
        "spec": spec or {},
        "status": status,
    }


def condition(type: str, status: str = "True", **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": type, "status": status, **more}]}


ROLLED_OUT = {"observedGeneration": 2, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 2}
READY = [
    live("Namespace", {"phase": "Active"}),
    live("Deployment", ROLLED_OUT, {"replicas": 2}),
    live("StatefulSet", {"observedGeneration": 2, "updatedReplicas": 1, "replicas": 1, "readyReplicas": 1}),
    live(
        "DaemonSet",
        {"observedGeneration": 2, "desiredNumberScheduled": 1, "numberReady": 1, "updatedNumberScheduled": 1},
    ),
    live("DaemonSet", {"observedGeneration": 2}),
    live("Job", condition("Complete")),
    live("Pod", condition("Ready")),
    live("Pod", {"phase": "Succeeded"}),
    live("CustomResourceDefinition", condition("Established")),
    live("PersistentVolumeClaim", {"phase": "Bound"}),
    live("Service", {}, {"type": "ClusterIP"}),
    live("Service", {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}, {"type": "LoadBalancer"}),
    live("ConfigMap", {}),
]
WAITING: list[tuple[dict[str, Any], str]] = [
    (live("Namespace", {}), "phase"),
    (live("Deployment", {**ROLLED_OUT, "observedGeneration": 1}, {"replicas": 2}), "not seen"),
    (live("Deployment", {**ROLLED_OUT, "availableReplicas": 1}, {"replicas": 2}), "1 of 2"),
    (live("DaemonSet", {"observedGeneration": 2, "desiredNumberScheduled": 2, "numberReady": 1}), "1 of 2"),
    (live("Job", {}), "not complete"),
    (live("Pod", {"phase": "Pending"}), "Pending"),
    (live("CustomResourceDefinition", {}), "not established"),
    (live("PersistentVolumeClaim", {"phase": "Pending"}), "Pending"),
    (live("Service", {}, {"type": "LoadBalancer"}), "no address"),
]
FAILED: list[tuple[dict[str, Any], str]] = [
    (live("Job", condition("Failed", message="backoff")), "backoff"),
    (live("Pod", {"phase": "Failed"}), "failed"),
    (live("PersistentVolumeClaim", {"phase": "Lost"}), "gone"),
    (live("CustomResourceDefinition", condition("NamesAccepted", "False", message="taken")), "taken"),
    (live("Deployment", condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="slow")), "slow"),
]


def test_what_serves_is_not_waited_for() -> None:
    assert [each for each in READY if readiness.why_not(each)] == []


@pytest.mark.parametrize(("object", "says"), WAITING)
def test_what_does_not_serve_yet_says_why(object: dict[str, Any], says: str) -> None:
    assert says in (readiness.why_not(object) or "")


@pytest.mark.parametrize(("object", "says"), FAILED)
def test_what_has_failed_is_not_waited_for(object: dict[str, Any], says: str) -> None:
    with pytest.raises(Hopeless, match=says):
        readiness.why_not(object)


def test_every_kind_that_is_waited_for_has_a_case_each_way() -> None:
    assert {each["kind"] for each in READY} >= set(readiness.checked_kinds())
    assert {each["kind"] for each, _ in WAITING} | {"StatefulSet"} >= set(readiness.checked_kinds())


def test_a_program_may_want_no_waiting_or_another_condition() -> None:
    assert readiness.why_not(live("Job", {}, None, **{readiness.SKIP: "true"})) is None
    asked = {readiness.WAIT_FOR: "condition=Synced"}
    assert readiness.why_not(live("Queue", condition("Synced"), None, **asked)) is None
    assert readiness.why_not(live("Queue", condition("Synced", "False"), None, **asked)) == "Synced is not True"
