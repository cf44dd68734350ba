"""Objects of every kind against a real control plane: made, seen, changed, found drifted, made anew, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

import pytest

from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import UNKNOWN, UNSETTLED, AnswerLost, Call, Props, ProviderError, Secret
from tests.contract.providers.kubernetes.conftest import Bench, Running

pytestmark = pytest.mark.xdist_group("kubernetes")

POD = {"containers": [{"name": "c", "image": "pause"}]}
LABELS = {"app": "web"}


@dataclass(frozen=True)
class Case:
    """A kind, how it is made, a change of it, drift made behind its back, and what can only be made anew."""

    id: str
    type: str
    made: dict[str, Any]
    change: dict[str, Any]
    drift: Callable[[Props], Props]
    anew: dict[str, Any] = data(default_factory=dict[str, Any])


def setting(*path: str, to: Any) -> Callable[[Props], Props]:
    """An object with one member changed."""

    def change(live: Props) -> Props:
        inner: Any = live
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = to
        return live

    return change


CASES = [
    Case(
        "quota",
        "core/v1:ResourceQuota",
        {"spec": {"hard": {"pods": "10", "requests.cpu": "4000m", "requests.nvidia.com/gpu": "2"}}},
        {"spec": {"hard": {"pods": "20", "requests.cpu": "4", "requests.nvidia.com/gpu": "2"}}},
        setting("spec", "hard", "pods", to="99"),
    ),
    Case(
        "limits",
        "core/v1:LimitRange",
        {"spec": {"limits": [{"type": "Container", "default": {"memory": "1024Mi"}}]}},
        {"spec": {"limits": [{"type": "Container", "default": {"memory": "2Gi"}}]}},
        setting("spec", "limits", to=[{"type": "Container", "default": {"memory": "9Gi"}}]),
    ),
    Case(
        "policy",
        "networking.k8s.io/v1:NetworkPolicy",
        {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
        {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
        setting("spec", "policyTypes", to=["Egress"]),
    ),
    Case(
        "role",
        "rbac.authorization.k8s.io/v1:Role",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]},
        setting("rules", to=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]),
    ),
    Case(
        "binding",
        "rbac.authorization.k8s.io/v1:RoleBinding",
        {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "one"}, "subjects": []},
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "one"},
            "subjects": [{"kind": "Group", "name": "people", "apiGroup": "rbac.authorization.k8s.io"}],
        },
        setting("subjects", to=[{"kind": "Group", "name": "all", "apiGroup": "rbac.authorization.k8s.io"}]),
        {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "two"}, "subjects": []},
    ),
    Case(
        "deployment",
        "apps/v1:Deployment",
        {
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": LABELS},
                "template": {"metadata": {"labels": LABELS}, "spec": POD},
            }
        },
        {
            "spec": {
                "replicas": 0,
                "minReadySeconds": 3,
                "selector": {"matchLabels": LABELS},
                "template": {"metadata": {"labels": LABELS}, "spec": POD},
            }
        },
        setting("spec", "revisionHistoryLimit", to=1),
        {
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": {"app": "x"}},
                "template": {"metadata": {"labels": {"app": "x"}}, "spec": POD},
            }
        },
    ),
    Case(
        "account",
        "core/v1:ServiceAccount",
        {"metadata": {"labels": {"tier": "one"}}},
        {"metadata": {"labels": {"tier": "two"}}},
        setting("metadata", "labels", "tier", to="nine"),
    ),
    Case(
        "secret",
        "core/v1:Secret",
        {"stringData": {"password": "hunter2"}, "metadata": {"labels": {"tier": "one"}}},
        {"stringData": {"password": "hunter2"}, "metadata": {"labels": {"tier": "two"}}},
        setting("data", "password", to="b3RoZXI="),
        {"stringData": {"password": "hunter3"}, "metadata": {"labels": {"tier": "two"}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_kind_through_its_life(bench: Bench, case: Case) -> None:
    provider, resource, name = bench.provider, bench.resource(case.type, case.id), case.id
    inputs, created = bench.make(case.type, name, **case.made)
    assert created.reasons == ()
    assert created.id == f"{bench.namespace}/{name}"
    seen = provider.read(resource, created.id, inputs, created.outputs)
    assert seen is not None
    assert (seen.inputs, seen.reasons) == (inputs, ())
    wanted = bench.inputs(case.type, name, **case.change)
    diff = provider.diff(resource, created.id, inputs, created.outputs, wanted)
    assert diff.changes
    assert not diff.replaces
    outputs = provider.update(resource, created.id, inputs, created.outputs, wanted, Call())
    again = provider.read(resource, created.id, wanted, outputs)
    assert again is not None
    assert again.inputs == wanted
    behind(bench, case, wanted)
    provider.delete(resource, created.id, wanted, outputs, Call())
    assert provider.read(resource, created.id, wanted, outputs) is None
    provider.delete(resource, created.id, wanted, outputs, Call())


def behind(bench: Bench, case: Case, wanted: Props) -> None:
    """Somebody changes it by hand: seen, and taken back by the next update."""
    if case.id == "deployment":
        wanted = wanted | {"spec": {**wanted["spec"], "revisionHistoryLimit": 10}}
        bench.provider.update(bench.resource(case.type, case.id), "", wanted, {}, wanted, Call())
    provider, resource, id = bench.provider, bench.resource(case.type, case.id), f"{bench.namespace}/{case.id}"
    bench.by_hand(case.type, case.id, case.drift)
    found = provider.read(resource, id, wanted, {})
    assert found is not None
    assert found.inputs != wanted
    assert provider.diff(resource, id, found.inputs, found.outputs, wanted).changes
    bench.forcing.update(resource, id, found.inputs, found.outputs, wanted, Call())
    healed = provider.read(resource, id, wanted, {})
    assert healed is not None
    assert healed.inputs == wanted


@pytest.mark.parametrize("case", [case for case in CASES if case.anew], ids=lambda case: case.id)
def test_what_the_server_will_not_change_is_made_anew(bench: Bench, case: Case) -> None:
    inputs, created = bench.make(case.type, case.id, **case.made)
    wanted = bench.inputs(case.type, case.id, **case.anew)
    diff = bench.provider.diff(bench.resource(case.type, case.id), created.id, inputs, created.outputs, wanted)
    assert diff.replaces
    assert diff.delete_before_replace


def test_a_replacement_onto_the_same_name_never_takes_over_its_predecessor(bench: Bench) -> None:
    inputs, created = bench.make("core/v1:ConfigMap", "settings", data={"a": "1"})
    with pytest.raises(ProviderError, match="stands there already"):
        bench.make("core/v1:ConfigMap", "settings", data={"a": "2"})
    resource = bench.resource("core/v1:ConfigMap", "settings")
    assert bench.provider.find(resource, inputs, frozenset({created.id})) is None
    assert bench.live("core/v1:ConfigMap", "settings")["data"] == {"a": "1"}


def test_a_deletion_never_means_a_successor_of_the_same_name(bench: Bench) -> None:
    inputs, created = bench.make("core/v1:ConfigMap", "settings", data={"a": "1"})
    resource = bench.resource("core/v1:ConfigMap", "settings")
    bench.provider.delete(resource, created.id, inputs, created.outputs, Call())
    stranger = bench.resource("core/v1:ConfigMap", "another")
    bench.provider.create(stranger, inputs, Call())
    bench.provider.delete(resource, created.id, inputs, created.outputs, Call())
    assert bench.live("core/v1:ConfigMap", "settings")["data"] == {"a": "1"}
    assert bench.provider.read(resource, created.id, inputs, created.outputs) is None


def test_what_a_crash_left_is_found_and_what_is_somebody_elses_is_refused(bench: Bench) -> None:
    inputs, created = bench.make("core/v1:ConfigMap", "settings", data={"a": "1"})
    found = bench.provider.find(bench.resource("core/v1:ConfigMap", "settings"), inputs)
    assert found is not None
    assert (found.id, found.inputs, found.reasons) == (created.id, inputs, ())
    with pytest.raises(ProviderError, match="is not ours"):
        bench.provider.find(bench.resource("core/v1:ConfigMap", "another"), inputs)
    assert (
        bench.provider.find(bench.resource("core/v1:ConfigMap", "gone"), bench.inputs("core/v1:ConfigMap", "x")) is None
    )


def test_a_deployment_is_waited_for_and_one_that_can_t_run_says_why(bench: Bench) -> None:
    spec = {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": POD}}
    never = {"annotations": {"pulumi.com/timeoutSeconds": "2"}}
    stuck = {**spec, "template": {"metadata": {"labels": LABELS}, "spec": {**POD, "nodeSelector": {"none": "such"}}}}
    inputs, created = bench.make("apps/v1:Deployment", "stuck", spec=stuck, metadata=never)
    assert "serves" in created.reasons[0]
    assert UNSETTLED in created.outputs
    resource = bench.resource("apps/v1:Deployment", "stuck")
    again = bench.provider.read(resource, created.id, inputs, created.outputs)
    assert again is not None
    assert again.reasons
    skipped = {"annotations": {"pulumi.com/skipAwait": "true"}}
    assert bench.make("apps/v1:Deployment", "skipped", spec=stuck, metadata=skipped)[1].reasons == ()


def test_a_stop_ends_a_wait_and_the_object_is_recorded(bench: Bench) -> None:
    spec = {"template": {"spec": {**POD, "restartPolicy": "Never", "nodeSelector": {"none": "such"}}}}
    _, created = bench.make("batch/v1:Job", "long", Call(stopping=lambda: True), spec=spec)
    assert "Stopped while waiting" in created.reasons[0]


def test_a_rehearsal_tells_refusals_before_anything_is_sent_and_values_of_secrets_are_not_told(bench: Bench) -> None:
    bad = bench.inputs("core/v1:ResourceQuota", "bad", spec={"hard": {"pods": "many"}})
    with pytest.raises(Refusal) as told:
        bench.provider.preview(bench.resource("core/v1:ResourceQuota", "bad"), bad, None)
    assert told.value.status in (400, 422, 500)
    secret = bench.inputs("core/v1:Secret", "s", data={"a": "not base64 hunter2!"})
    with pytest.raises(Refusal) as told:
        bench.provider.preview(bench.resource("core/v1:Secret", "s"), secret, None)
    assert "hunter2" not in str(told.value)


def test_a_preview_goes_on_where_namespace_or_kind_are_yet_to_be_made(bench: Bench) -> None:
    inputs = bench.inputs("core/v1:ConfigMap", "a", data={"a": "1"}) | {
        "metadata": {"name": "a", "namespace": "not-there-yet"}
    }
    assert bench.provider.preview(bench.resource("core/v1:ConfigMap", "a"), inputs, None)["status"] is UNKNOWN
    queue = {"apiVersion": "queues.invalid/v1", "kind": "Queue", "metadata": {"name": "q"}}
    resource = bench.resource("queues.invalid/v1:Queue", "q")
    assert bench.provider.preview(resource, queue, None)["metadata"]["name"] == "q"


def test_secrets_are_marked_wherever_they_come_back(bench: Bench) -> None:
    _, created = bench.make("core/v1:Secret", "login", stringData={"password": "hunter2"})
    assert isinstance(created.outputs["data"], Secret)
    assert "hunter2" not in repr(created.outputs)


def test_a_definition_and_an_object_of_it_are_made_in_one_go(bench: Bench) -> None:
    plural = f"q{bench.namespace}"
    schema = {
        "openAPIV3Schema": {
            "type": "object",
            "properties": {"spec": {"type": "object", "x_kubernetes_preserve_unknown_fields": True}},
        }
    }
    definition: Props = {
        "metadata": {"name": f"{plural}.demo.invalid"},
        "spec": {
            "group": "demo.invalid",
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": plural, "kind": "Queue" + bench.namespace},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    type = "apiextensions.k8s.io/v1:CustomResourceDefinition"
    resource = bench.resource(type, "queue")
    inputs = bench.provider.check(resource, None, definition, b"").inputs
    made = bench.provider.create(resource, inputs, Call())
    assert made.reasons == ()
    one: Props = {"apiVersion": "demo.invalid/v1", "kind": "Queue" + bench.namespace, "spec": {"size": 3}}
    queue, created = bench.make("demo.invalid/v1:Queue", "first", **one)
    found = bench.provider.read(bench.resource("demo.invalid/v1:Queue", "first"), created.id, queue, created.outputs)
    assert found is not None
    assert found.inputs == queue
    bench.provider.delete(resource, made.id, inputs, made.outputs, Call())


def test_a_foreign_field_is_not_taken_back_without_being_told_to(bench: Bench) -> None:
    inputs, created = bench.make("core/v1:ResourceQuota", "quota", spec={"hard": {"pods": "10"}})
    bench.by_hand("core/v1:ResourceQuota", "quota", setting("spec", "hard", "pods", to="50"))
    wanted = bench.inputs("core/v1:ResourceQuota", "quota", spec={"hard": {"pods": "20"}})
    resource = bench.resource("core/v1:ResourceQuota", "quota")
    with pytest.raises(Refusal, match="conflict"):
        bench.provider.update(resource, created.id, inputs, created.outputs, wanted, Call())


def test_a_fence_that_fell_stops_every_change(bench: Bench) -> None:
    def fallen() -> None:
        raise RuntimeError("the lease is lost")

    with pytest.raises(RuntimeError):
        bench.make("core/v1:ConfigMap", "late", Call(fence=fallen), data={})
    assert (
        bench.provider.find(bench.resource("core/v1:ConfigMap", "late"), bench.inputs("core/v1:ConfigMap", "late"))
        is None
    )


def test_a_namespace_is_waited_for_until_it_is_empty_and_gone(running: Running) -> None:
    bench = running.bench("short-lived")
    resource = bench.resource("core/v1:Namespace", "short-lived")
    inputs = bench.provider.check(resource, None, {"metadata": {"name": "short-lived"}}, b"").inputs
    created = bench.provider.create(resource, inputs, Call())
    bench.make("core/v1:ConfigMap", "in-it", data={"a": "1"})
    bench.provider.delete(resource, created.id, inputs, created.outputs, Call())
    assert bench.provider.read(resource, created.id, inputs, created.outputs) is None


def test_a_finalizer_that_holds_an_object_is_named(bench: Bench) -> None:
    held = {"finalizers": ["demo.invalid/held"], "annotations": {"pulumi.com/timeoutSeconds": "1"}}
    inputs, created = bench.make("core/v1:ConfigMap", "held", metadata=held)
    resource = bench.resource("core/v1:ConfigMap", "held")
    with pytest.raises(AnswerLost, match="demo.invalid/held"):
        bench.provider.delete(resource, created.id, inputs, created.outputs, Call())
    bench.by_hand("core/v1:ConfigMap", "held", setting("metadata", "finalizers", to=[]))
