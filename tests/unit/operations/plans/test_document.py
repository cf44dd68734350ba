"""The file of a plan: what is written is what is read, and nothing else is believed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runs import Change, Op, Outcome, PathChange, Run
from operations.plans import document, model
from operations.plans.model import SavedPlan
from stacks.errors import BadInput, Refused, TenantError
from tests.unit.operations.plans.given import JSON, OTHER, SEED, any_saved, planned, saved

TEXT = document.write(saved(), SEED)


def read(text: str, seed: bytes = SEED, environment: str = "local") -> SavedPlan:
    return document.open(document.parse(text, "acme.plan"), seed, environment)


@given(any_saved())
@settings(deadline=None)
def test_what_is_written_is_what_is_read(plan: SavedPlan) -> None:
    assert read(document.write(plan, SEED)) == plan


@given(any_saved())
@settings(deadline=None)
def test_the_same_plan_and_key_give_the_same_text(plan: SavedPlan) -> None:
    assert document.write(plan, SEED) == document.write(copy.deepcopy(plan), SEED)


def test_a_file_may_be_formatted_anew() -> None:
    assert read(json.dumps(json.loads(TEXT))) == saved()


def test_values_that_json_does_not_have_are_saved_as_they_are_shown() -> None:
    change = Change("u", "t", "n", Op.UPDATE, (PathChange("p", (1, 2), {"a": ("b",)}),))
    plain = model.plain(planned(run=Run("s", Outcome.SUCCEEDED, (change,), seconds=3)))
    assert plain.run.changes[0].paths == (PathChange("p", [1, 2], {"a": ["b"]}),)
    assert plain == model.plain(plain)


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to everything in a document that holds nothing else."""
    inside: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType, reportUnknownVariableType]
    if not inside:
        yield path
        return
    for key, value in inside:
        yield from leaves(value, (*path, key))


LEAVES = sorted(leaves(json.loads(TEXT)), key=str)


@given(st.sampled_from(LEAVES), JSON)
@settings(max_examples=300, deadline=None)
def test_no_edited_leaf_is_believed(path: tuple[Any, ...], value: Any) -> None:
    data = json.loads(TEXT)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if inner[path[-1]] == value and type(inner[path[-1]]) is type(value):
        return
    inner[path[-1]] = value
    with pytest.raises(TenantError) as refused:
        read(json.dumps(data))
    assert refused.value.exit_code in (2, 3)


@given(st.sampled_from([path[:-1] for path in LEAVES]), st.text(min_size=1, max_size=5), JSON)
@settings(deadline=None)
def test_nothing_can_be_added(path: tuple[Any, ...], key: str, value: Any) -> None:
    data = json.loads(TEXT)
    inner = data
    for part in path:
        inner = inner[part]
    if isinstance(inner, list):
        cast("list[Any]", inner).append(value)
    elif key in inner:
        return
    else:
        inner[key] = value
    with pytest.raises(TenantError):
        read(json.dumps(data))


@given(st.integers(0, len(TEXT) - 2))
@settings(deadline=None)
def test_a_file_that_is_cut_off_is_no_plan(end: int) -> None:
    with pytest.raises(BadInput):
        read(TEXT[:end])


@given(st.text() | JSON.map(json.dumps) | st.just("[" * 100_000) | st.just('{"kind": "\\ud800"}'))
@settings(deadline=None)
def test_what_is_not_a_plan_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match="not a saved plan"):
        read(text)


@pytest.mark.parametrize("version", [0, 2, "1", True, None])
def test_an_unknown_version_is_bad_input_and_says_which_is_known(version: Any) -> None:
    with pytest.raises(BadInput, match="reads version 1"):
        read(json.dumps({**json.loads(TEXT), "format": version}))


def test_another_environment_is_named() -> None:
    with pytest.raises(Refused, match="made for environment 'local', and this is 'staging'"):
        read(TEXT, environment="staging")


def test_another_homes_key_is_refused_as_such() -> None:
    with pytest.raises(Refused, match="another home"):
        read(TEXT, OTHER)


def test_a_name_of_our_key_on_anothers_signature_does_not_help() -> None:
    data, ours = json.loads(document.write(saved(), OTHER)), json.loads(TEXT)
    data["signature"]["key"] = ours["signature"]["key"]
    with pytest.raises(Refused, match="changed after it was made"):
        read(json.dumps(data))


@given(st.text(max_size=100))
@settings(deadline=None)
def test_no_other_signature_holds(value: str) -> None:
    data = json.loads(TEXT)
    data["signature"]["value"] = value
    with pytest.raises(Refused, match="changed after it was made"):
        read(json.dumps(data))
