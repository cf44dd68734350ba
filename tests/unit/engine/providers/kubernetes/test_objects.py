from __future__ import annotations

from typing import Any

from engine.providers.kubernetes import objects
from engine.providers.kubernetes.kinds import Kind
from engine.providers.port import UNKNOWN, Props, Resource

MAP, NAMESPACE = Kind("v1", "ConfigMap"), Kind("v1", "Namespace")
RESOURCE = Resource("urn:a", "kubernetes:core/v1:ConfigMap", "settings")


def completed(news: Props, olds: Props | None = None, kind: Kind = MAP, seed: bytes = b"1") -> Props:
    return objects.completed(RESOURCE, kind, news, olds, seed, "default")


def test_a_name_is_generated_and_kept_as_long_as_the_object_lives() -> None:
    first = completed({"data": {"a": "1"}})
    assert first["metadata"]["name"].startswith("settings-")
    assert objects.is_autonamed(first)
    assert completed({"data": {"a": "2"}}, first, seed=b"2")["metadata"] == first["metadata"]
    assert completed({}, None, seed=b"2")["metadata"]["name"] != first["metadata"]["name"]


def test_a_given_name_is_taken_and_another_one_does_not_inherit_a_generated_one() -> None:
    first = completed({})
    assert completed({"metadata": {"name": "mine"}}, first)["metadata"] == {"name": "mine", "namespace": "default"}
    assert completed({}, completed({"metadata": {"name": "mine"}}))["metadata"]["name"].startswith("settings-")


def test_a_namespace_is_filled_in_only_where_there_is_one() -> None:
    assert completed({})["metadata"]["namespace"] == "default"
    assert completed({"metadata": {"namespace": "a"}})["metadata"]["namespace"] == "a"
    assert "namespace" not in completed({"metadata": {"namespace": "a"}}, kind=NAMESPACE)["metadata"]
    assert "namespace" not in completed({}, kind=Kind("demo.invalid/v1", "Queue"))["metadata"]


def test_what_is_not_known_yet_stays_so() -> None:
    assert completed({"metadata": UNKNOWN})["metadata"] is UNKNOWN
    assert completed({"metadata": {"name": UNKNOWN}})["metadata"]["name"] is UNKNOWN
    assert objects.has_unknown(completed({"data": {"a": [UNKNOWN]}}))


def test_keys_that_the_sdk_can_t_spell_are_spelt_as_kubernetes_does() -> None:
    given: dict[str, Any] = {"x_kubernetes_int_or_string": True, "properties": [{"_ref": "a", "_schema": "b", "c": 1}]}
    wanted = {"x-kubernetes-int-or-string": True, "properties": [{"$ref": "a", "$schema": "b", "c": 1}]}
    assert objects.spelt(given) == wanted


def test_status_and_what_is_none_are_not_sent() -> None:
    assert set(completed({"status": {"a": 1}, "data": None})) == {"apiVersion", "kind", "metadata"}


def test_ids_are_namespace_and_name() -> None:
    assert objects.id_of(completed({"metadata": {"name": "a", "namespace": "b"}})) == "b/a"
    assert objects.id_of(completed({"metadata": {"name": "a"}}, kind=NAMESPACE)) == "a"
