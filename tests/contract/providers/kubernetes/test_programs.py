"""An ordinary program with the official SDK, on the embedded engine, against a real control plane."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_kubernetes as k8s
import pytest

from engine.embedded.command import EmbeddedCommand
from engine.providers.kubernetes import KubernetesProvider
from engine.providers.reach import Direct
from engine.runs import Op, Outcome, Run
from engine.workspaces import Workspaces
from tests.contract.providers.kubernetes.conftest import Running

pytestmark = pytest.mark.xdist_group("kubernetes")

STACK = "test.kube"
LABELS = {"app": "web"}


@dataclass
class Wanted:
    """What the program is to declare."""

    kubeconfig: str
    pods: str = "10"
    role: str = "reader"
    message: str = "one"
    image: str = "pause"


def program(wanted: Wanted) -> Callable[[], None]:
    def declare() -> None:
        cluster = k8s.Provider("cluster", kubeconfig=wanted.kubeconfig, enable_patch_force=True)
        options = pulumi.ResourceOptions(provider=cluster)
        namespace = k8s.core.v1.Namespace("space", metadata=cast("Any", {"labels": LABELS}), opts=options)
        place: Any = {"namespace": namespace.metadata["name"]}

        def named(name: str) -> Any:
            return {**place, "name": name}

        quota: Any = {"hard": {"pods": wanted.pods, "requests.cpu": "4000m"}}
        k8s.core.v1.ResourceQuota("quota", metadata=named("quota"), spec=quota, opts=options)
        account = k8s.core.v1.ServiceAccount("worker", metadata=named("worker"), opts=options)
        rules: Any = [{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}]
        for name in ("reader", "writer"):
            k8s.rbac.v1.Role(name, metadata=named(name), rules=rules, opts=options)
        k8s.rbac.v1.RoleBinding(
            "binding",
            metadata=named("binding"),
            role_ref=cast("Any", {"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": wanted.role}),
            subjects=cast("Any", [{"kind": "ServiceAccount", "name": "worker", **place}]),
            opts=options,
        )
        secret: Any = {"password": pulumi.Output.secret("hunter2")}
        k8s.core.v1.Secret("login", metadata=named("login"), string_data=secret, opts=options)
        k8s.core.v1.ConfigMap("settings", metadata=place, data={"message": wanted.message}, opts=options)
        cpu = {"cpu": "100m"}
        container = {"name": "c", "image": wanted.image, "resources": {"requests": cpu, "limits": cpu}}
        template: Any = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
        k8s.apps.v1.Deployment(
            "web",
            metadata=named("web"),
            spec=cast("Any", {"replicas": 0, "selector": {"match_labels": LABELS}, "template": template}),
            opts=pulumi.ResourceOptions(provider=cluster, depends_on=[account]),
        )
        pulumi.export("namespace", namespace.metadata["name"])

    return declare


@pytest.fixture
def workspaces(tmp_path: Path) -> Workspaces:
    command = EmbeddedCommand({"kubernetes": KubernetesProvider(Direct())})
    return Workspaces(command, f"file://{tmp_path}/state", "pass", tmp_path / "work")


def changed(run: Run) -> dict[str, Op]:
    return {change.name: change.op for change in run.changes if change.op is not Op.SAME}


def test_a_tenants_objects_through_their_life(workspaces: Workspaces, running: Running, tmp_path: Path) -> None:
    wanted = Wanted(running.kubeconfig)
    preview = workspaces.preview(STACK, program(wanted))
    assert preview.outcome is Outcome.SUCCEEDED, preview.failures
    made = workspaces.apply(STACK, program(wanted))
    assert made.outcome is Outcome.SUCCEEDED, made.failures
    namespace = made.outputs["namespace"].value
    assert namespace.startswith("space-")
    assert changed(workspaces.preview(STACK, program(wanted))) == {}
    assert changed(workspaces.drift(STACK, program(wanted))) == {}
    written = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert "hunter2" not in written
    assert "aHVudGVyMg" not in written

    wanted.pods, wanted.role, wanted.message = "20", "writer", "two"
    edit = workspaces.preview(STACK, program(wanted))
    assert changed(edit) == {"quota": Op.UPDATE, "binding": Op.REPLACE, "settings": Op.REPLACE}
    assert workspaces.apply(STACK, program(wanted)).outcome is Outcome.SUCCEEDED
    assert changed(workspaces.preview(STACK, program(wanted))) == {}

    bench = running.bench(namespace)
    bench.by_hand("core/v1:ResourceQuota", "quota", _with_many_pods)
    assert changed(workspaces.drift(STACK, program(wanted))) == {"quota": Op.UPDATE}
    assert workspaces.apply(STACK, program(wanted), refresh=True).outcome is Outcome.SUCCEEDED
    assert bench.live("core/v1:ResourceQuota", "quota")["spec"]["hard"]["pods"] == "20"

    gone = workspaces.destroy(STACK, program(wanted))
    assert gone.outcome is Outcome.SUCCEEDED, gone.failures
    assert workspaces.resources(STACK) == ()


def rollout(wanted: Wanted, nodes: dict[str, str]) -> Callable[[], None]:
    """One deployment that waits two seconds for a node of these labels."""

    def declare() -> None:
        cluster = k8s.Provider("cluster", kubeconfig=wanted.kubeconfig, enable_patch_force=True)
        pods: Any = {"containers": [{"name": "c", "image": "pause"}], "node_selector": nodes}
        spec: Any = {
            "replicas": 1 if nodes else 0,
            "selector": {"match_labels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": pods},
        }
        metadata: Any = {"annotations": {"pulumi.com/timeoutSeconds": "2"}}
        options = pulumi.ResourceOptions(provider=cluster)
        k8s.apps.v1.Deployment("web", metadata=metadata, spec=spec, opts=options)

    return declare


def test_what_does_not_serve_is_recorded_told_and_put_right_by_the_next_run(
    workspaces: Workspaces, running: Running
) -> None:
    wanted = Wanted(running.kubeconfig)
    stuck = workspaces.apply(STACK, rollout(wanted, {"there-is": "none"}))
    assert stuck.outcome is Outcome.FAILED
    assert "serves" in stuck.failures[0].message
    (row,) = [each for each in workspaces.resources(STACK) if each["type"].endswith(":Deployment")]
    assert row["initErrors"]
    again = workspaces.apply(STACK, rollout(wanted, {"there-is": "none"}))
    assert again.outcome is Outcome.FAILED
    mended = workspaces.apply(STACK, rollout(wanted, {}))
    assert mended.outcome is Outcome.SUCCEEDED, mended.failures
    assert [each["id"] for each in workspaces.resources(STACK) if each["type"].endswith(":Deployment")] == [row["id"]]
    assert changed(workspaces.preview(STACK, rollout(wanted, {}))) == {}
    assert workspaces.destroy(STACK, rollout(wanted, {})).outcome is Outcome.SUCCEEDED


def _with_many_pods(live: dict[str, Any]) -> dict[str, Any]:
    live["spec"]["hard"]["pods"] = "999"
    return live


def test_another_cluster_that_can_t_be_reached_is_told(workspaces: Workspaces, running: Running) -> None:
    elsewhere = running.kubeconfig.replace(":6443", ":6")
    run = workspaces.apply(STACK, program(Wanted(elsewhere)))
    assert run.outcome is Outcome.FAILED
    assert any("can't be reached" in failure.message for failure in run.failures)
    assert json.dumps([failure.message for failure in run.failures]).find("hunter2") == -1
