from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.providers.kubernetes import differences
from engine.providers.kubernetes.kinds import Kind
from engine.providers.port import UNKNOWN, ChangeKind

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner), max_leaves=8
)


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(differences.between(value, value)) == []


@given(VALUES, VALUES)
def test_two_values_differ_somewhere_or_are_equal(old: Any, new: Any) -> None:
    assert bool(list(differences.between(old, new, "root"))) == (old != new)


@given(VALUES, VALUES)
def test_what_is_as_the_server_would_make_it_has_not_drifted(inputs: Any, made: Any) -> None:
    assert differences.drifted(inputs, made, made) == inputs


@given(st.dictionaries(st.text("abc", min_size=1), VALUES), st.dictionaries(st.text("abc", min_size=1), VALUES))
def test_drift_is_never_in_what_the_inputs_do_not_speak_of(inputs: dict[str, Any], live: dict[str, Any]) -> None:
    assert set(differences.drifted(inputs, inputs, live)) <= set(inputs)


def test_paths_are_written_as_pulumi_writes_them() -> None:
    old = {"spec": {"a": 1, "gone": 2}, "metadata": {"annotations": {"x.y/z": "1"}}, "list": [{"n": 1}, {"n": 2}]}
    new = {"spec": {"a": 2, "came": 3}, "metadata": {"annotations": {"x.y/z": "2"}}, "list": [{"n": 1}, {"n": 3}]}
    assert dict(differences.between(old, new)) == {
        "list[1].n": ChangeKind.UPDATE,
        'metadata.annotations["x.y/z"]': ChangeKind.UPDATE,
        "spec.a": ChangeKind.UPDATE,
        "spec.came": ChangeKind.ADD,
        "spec.gone": ChangeKind.DELETE,
    }


def test_what_is_not_known_yet_differs() -> None:
    assert dict(differences.between({"a": UNKNOWN}, {"a": UNKNOWN})) == {"a": ChangeKind.UPDATE}


@pytest.mark.parametrize(
    ("kind", "path", "mutable", "replaces"),
    [
        ("ConfigMap", "metadata.name", frozenset[str](), True),
        ("ConfigMap", "metadata.labels.a", frozenset[str](), False),
        ("ConfigMap", "data.a", frozenset[str](), True),
        ("ConfigMap", "data.a", frozenset({"ConfigMap"}), False),
        ("Secret", "stringData", frozenset[str](), True),
        ("Deployment", "spec.replicas", frozenset[str](), False),
    ],
)
def test_identity_and_content_make_a_new_object(kind: str, path: str, mutable: frozenset[str], replaces: bool) -> None:
    assert bool(differences.replacing(Kind("v1", kind), [path], mutable)) == replaces


def test_a_refusal_is_blamed_on_the_paths_that_it_names() -> None:
    paths = frozenset({"spec.selector.matchLabels.app", "spec.replicas"})
    assert differences.blamed(paths, ["spec.selector"]) == {"spec.selector.matchLabels.app"}
    assert differences.blamed(paths, [""]) == paths
    assert differences.blamed(frozenset({"spec"}), ["spec.selector"]) == {"spec"}


def test_quantities_and_defaults_are_no_drift_and_a_changed_value_is() -> None:
    inputs = {"spec": {"hard": {"cpu": "4000m", "pods": "10"}}}
    wanted: dict[str, Any] = {"spec": {"hard": {"cpu": "4", "pods": "10"}, "scopes": []}}
    assert differences.drifted(inputs, wanted, wanted | {"status": {}}) == inputs
    live: dict[str, Any] = {"spec": {"hard": {"cpu": "4", "pods": "99"}, "scopes": []}}
    assert differences.drifted(inputs, wanted, live) == {"spec": {"hard": {"cpu": "4000m", "pods": "99"}}}
    assert differences.drifted(inputs, wanted, {"spec": {"hard": {"cpu": "4"}}}) == {"spec": {"hard": {"cpu": "4000m"}}}
