from __future__ import annotations

import json
from typing import Any, cast

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.embedded import values
from engine.providers import wire
from engine.providers.port import UNKNOWN, Secret, Unknown

_leaf = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12)
_value = st.recursive(
    _leaf | st.builds(Secret, _leaf.filter(lambda v: v is not None)) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=4),
    max_leaves=12,
)
_props = st.dictionaries(st.text(min_size=1, max_size=6), _value, max_size=5)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _without_none(item) for name, item in fields.items() if item is not None}
    return [_without_none(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


@given(_props)
def test_what_goes_over_the_wire_comes_back(props: dict[str, Any]) -> None:
    assert wire.decode(wire.encode(props)) == _without_none(props)


@given(_props)
def test_what_is_written_to_state_comes_back_with_its_secrets(props: dict[str, Any]) -> None:
    known = values.transform(props, lambda leaf: 0 if isinstance(leaf, Unknown) else leaf)
    stored = json.loads(json.dumps(values.to_state(known, lambda text: f"sealed:{text}")))
    assert values.from_state(stored, lambda text: text.removeprefix("sealed:")) == known


@given(_props)
def test_no_secret_is_left_in_the_plain_text_of_a_state(props: dict[str, Any]) -> None:
    marked = {"token": Secret("correct-horse-battery"), "rest": values.plain(props)}
    concealed = values.conceal({**marked, "echo": "prefix correct-horse-battery suffix"}, marked)
    stored = json.dumps(values.to_state(concealed, lambda _: "sealed"))
    assert "correct-horse-battery" not in stored


def test_a_secret_echoed_under_another_name_is_marked_and_the_rest_is_not() -> None:
    outputs = values.conceal({"url": "postgres://u:hunter22@h", "port": 5432}, {"password": Secret("hunter22")})
    assert outputs == {"url": Secret("postgres://u:hunter22@h"), "port": 5432}


def test_a_short_secret_marks_only_what_equals_it() -> None:
    outputs = values.conceal({"same": "abc", "contains": "xabcx"}, {"pin": Secret("abc")})
    assert outputs == {"same": Secret("abc"), "contains": "xabcx"}


def test_named_outputs_are_marked_whatever_they_hold() -> None:
    assert values.conceal({"token": {"a": 1}, "other": 1}, {}, ["token"]) == {"token": Secret({"a": 1}), "other": 1}


def test_marks_follow_a_value_through_a_provider_by_path() -> None:
    marked = {"a": {"b": Secret("x"), "c": 1}, "l": [Secret("y"), "z"]}
    plain = {"a": {"b": "x2", "c": 2}, "l": ["y2", "z2"], "new": 1}
    assert values.as_marked(plain, marked) == {"a": {"b": Secret("x2"), "c": 2}, "l": [Secret("y2"), "z2"], "new": 1}


def test_an_unknown_inside_a_secret_is_still_unknown() -> None:
    assert values.has_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not values.has_unknown({"a": [Secret({"b": 1})]})


@pytest.mark.parametrize(
    ("signature", "kind"),
    [("c44067f5952c0a294b673a41bacd8c17", "assets"), ("0def7320c3a5731c473e5ecbe6d01bc7", "archives")],
)
def test_kinds_that_are_not_carried_are_refused_by_name(signature: str, kind: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"file": {wire.SIGNATURE: signature, "text": "x"}})
    with pytest.raises(wire.UnsupportedValueError, match=kind):
        wire.decode(struct)


def test_an_output_value_without_a_value_is_unknown_and_a_reference_is_its_id() -> None:
    struct = struct_pb2.Struct()
    struct.update(
        {
            "out": {wire.SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
            "ref": {wire.SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:x", "id": "i-1"},
        }
    )
    assert wire.decode(struct) == {"out": UNKNOWN, "ref": "i-1"}
