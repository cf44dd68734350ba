from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.embedded import snapshot
from engine.embedded.snapshot import BadStateError, Pending, Row, Snapshot

_RECORDED = sorted((Path(__file__).parents[3] / "data/engine").glob("*.json"))
_STATES = [path for path in _RECORDED if path.read_text().lstrip().startswith('{\n "version"')]
_STACK = Row("urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", "pulumi:pulumi:Stack")
_PROVIDER = Row("urn:pulumi:dev::p::pulumi:providers:w::default", "pulumi:providers:w", custom=True, id="1")
_SERVED_BY = f"{_PROVIDER.urn}::1"


def _thing(name: str, *needs: str, **more: Any) -> Row:
    urn = f"urn:pulumi:dev::p::w:index:Thing::{name}"
    needed = tuple(f"urn:pulumi:dev::p::w:index:Thing::{n}" for n in needs)
    return Row(urn, "w:index:Thing", custom=True, id=name, provider=_SERVED_BY, dependencies=needed, **more)


def _seal(text: str) -> str:
    return f"sealed:{text}"


def _open(text: str) -> str:
    return json.dumps(text)


def test_recorded_states_are_there() -> None:
    assert len(_STATES) >= 10


@pytest.mark.parametrize("path", _STATES, ids=lambda path: path.stem)
def test_states_of_the_official_engine_are_read_and_written_back_whole(path: Path) -> None:
    data = json.loads(path.read_text())
    sealed: dict[str, str] = {}

    def decrypt(text: str) -> str:
        return json.dumps(f"plain of {text}")

    def encrypt(text: str) -> str:
        sealed[text] = json.loads(text).removeprefix("plain of ")
        return sealed[text]

    state = snapshot.parse(data, decrypt, "dev")
    rows = [snapshot.row_to_json(row, encrypt) for row in state.rows]
    assert rows == [_plain_lists(row) for row in data["deployment"].get("resources", [])]
    pending = [snapshot.pending_to_json(item, encrypt) for item in state.pending]
    assert pending == [
        {**item, "resource": _plain_lists(item["resource"])}
        for item in data["deployment"].get("pending_operations", [])
    ]


def _plain_lists(row: dict[str, Any]) -> dict[str, Any]:
    # null for an empty list, and empty members that a person wrote by hand, mean the same as leaving them out
    known = dict(row)
    if "propertyDependencies" in row:
        needed: dict[str, list[str] | None] = row["propertyDependencies"]
        known["propertyDependencies"] = {name: urns or [] for name, urns in needed.items()}
    return {key: value for key, value in known.items() if value or key == "custom"}


_BAD = {
    "the magic number does not match": ({"manifest": {"version": "v1", "magic": "0"}}, "magic"),
    "a dependency that dangles": ({"rows": [_STACK, _PROVIDER, _thing("a", "b")]}, "does not stand before"),
    "a parent that dangles": (
        {"rows": [replace(_thing("a"), provider="", custom=False, id="", parent="urn:x")]},
        "urn:x",
    ),
    "the wrong order": ({"rows": [_PROVIDER, _thing("a", "b"), _thing("b")]}, "does not stand before"),
    "an unknown provider": ({"rows": [_thing("a")]}, "providers:w::default"),
    "one URN twice": ({"rows": [_PROVIDER, _thing("a"), _thing("a")]}, "twice"),
    "a custom row without id": ({"rows": [_PROVIDER, replace(_thing("a"), id="")]}, "without an id"),
    "a custom row without provider": ({"rows": [replace(_thing("a"), provider="")]}, "names no provider"),
    "an id on a component": ({"rows": [replace(_STACK, id="x")]}, "no custom resource"),
    "another stack's row": ({"rows": [replace(_STACK, urn=_STACK.urn.replace("dev", "prod", 1))]}, "belongs to stack"),
}


@pytest.mark.parametrize(("bad", "says"), _BAD.values(), ids=_BAD.keys())
def test_a_state_that_cannot_be_trusted_is_refused(bad: dict[str, Any], says: str) -> None:
    rows = [snapshot.row_to_json(row, _seal) for row in bad.get("rows", ())]
    body = {**snapshot.deployment(rows, [], "salt", "now"), **{k: v for k, v in bad.items() if k != "rows"}}
    with pytest.raises(BadStateError, match=says):
        snapshot.parse({"version": 3, "deployment": body}, _open, "dev")


@pytest.mark.parametrize("version", [None, 2, 9])
def test_other_versions_are_refused(version: int | None) -> None:
    with pytest.raises(BadStateError, match="version"):
        snapshot.parse({"version": version, "deployment": {}}, _open)


@given(st.permutations(range(7)), st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))))
def test_whatever_the_order_every_row_ends_up_after_what_it_needs(
    order: list[int], edges: set[tuple[int, int]]
) -> None:
    needs = {n: [str(b) for a, b in edges if a == n and b < n] for n in range(7)}
    rows = [_thing(str(n), *needs[n]) for n in order]
    result = snapshot.ordered([_PROVIDER, *rows])
    assert sorted(row.urn for row in result) == sorted(row.urn for row in [_PROVIDER, *rows])
    assert snapshot.faults(Snapshot(result), "dev") == ()


def test_rows_that_are_in_order_stay_as_they_are() -> None:
    rows = (_PROVIDER, _thing("b"), _thing("a", "b"), _thing("c"))
    assert snapshot.ordered(rows) == rows


def test_vanished_urns_are_struck_from_every_dependency() -> None:
    row = replace(_thing("a", "b", "c"), property_dependencies={"x": (_thing("b").urn,)}, deleted_with=_thing("b").urn)
    (left,) = snapshot.without([row], frozenset({_thing("b").urn}))
    assert (left.dependencies, left.property_dependencies, left.deleted_with) == ((_thing("c").urn,), {"x": ()}, "")


def test_a_pending_operation_survives_writing_and_reading() -> None:
    creating = Pending(replace(_thing("new"), id=""), "creating")
    body = snapshot.deployment(
        [snapshot.row_to_json(_PROVIDER, _seal)], [snapshot.pending_to_json(creating, _seal)], "s", "t"
    )
    assert snapshot.parse({"version": 3, "deployment": body}, _open, "dev").pending == (creating,)


def test_timeouts_and_options_are_kept() -> None:
    options = list(itertools.product((True,), repeat=1))
    row = replace(_thing("a"), protect=options[0][0], retain_on_delete=True, custom_timeouts={"create": 600})
    assert snapshot.row_from_json(snapshot.row_to_json(row, _seal), _open) == row
