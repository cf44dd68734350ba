from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.embedded import steps
from engine.embedded.goals import Goal
from engine.embedded.snapshot import Row
from engine.embedded.steps import Action
from engine.providers.port import ChangeKind, Diff, PropertyChange

_OLD = Row("urn:pulumi:s::p::w:index:Thing::a", "w:index:Thing", custom=True, id="a-1")
_GOAL = Goal("w:index:Thing", "a", custom=True, inputs={})


def _diff(*paths: str, replace: bool = False, dbr: bool = False) -> Diff:
    return Diff(tuple(PropertyChange(path, ChangeKind.UPDATE, replace) for path in paths), dbr)


@dataclass(frozen=True)
class Case:
    id: str
    expected: Action
    old: Row | None = _OLD
    goal: Goal = _GOAL
    diff: Diff = field(default_factory=Diff)
    holds_data: bool = False
    refused: str = ""


_CASES = [
    Case("new", Action.CREATE, old=None),
    Case("unchanged", Action.SAME),
    Case("changed", Action.UPDATE, diff=_diff("size")),
    Case("half made is updated without a difference", Action.UPDATE, old=replace(_OLD, init_errors=("half",))),
    Case("replaced: new before old", Action.REPLACE, diff=_diff("name", replace=True)),
    Case("provider asks to delete first", Action.DELETE_THEN_CREATE, diff=_diff("name", replace=True, dbr=True)),
    Case(
        "the program's word is stronger",
        Action.REPLACE,
        goal=replace(_GOAL, delete_before_replace=False),
        diff=_diff("name", replace=True, dbr=True),
    ),
    Case(
        "the program asks to delete first",
        Action.DELETE_THEN_CREATE,
        goal=replace(_GOAL, delete_before_replace=True),
        diff=_diff("name", replace=True),
    ),
    Case(
        "replaceOnChanges turns an update into a replacement",
        Action.REPLACE,
        goal=replace(_GOAL, replace_on_changes=("tags.owner",)),
        diff=_diff("tags.owner"),
    ),
    Case(
        "replaceOnChanges of another path does not",
        Action.UPDATE,
        goal=replace(_GOAL, replace_on_changes=("tags.owner",)),
        diff=_diff("tags.team"),
    ),
    Case("a replacement that is owed is a create", Action.CREATE, old=replace(_OLD, pending_replacement=True)),
    Case("what somebody else owned is made anew", Action.CREATE, old=replace(_OLD, external=True)),
    Case(
        "protected is not replaced",
        Action.REPLACE,
        old=replace(_OLD, protect=True),
        diff=_diff("name", replace=True),
        refused="protected",
    ),
    Case("protected is updated", Action.UPDATE, old=replace(_OLD, protect=True), diff=_diff("size")),
    Case("data is not replaced", Action.REPLACE, diff=_diff("engine", replace=True), holds_data=True, refused="data"),
    Case("data is updated", Action.UPDATE, diff=_diff("size"), holds_data=True),
]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
def test_decision(case: Case) -> None:
    decision = steps.decide(case.old, case.goal, case.diff, holds_data=case.holds_data)
    assert decision.action is case.expected
    assert bool(decision.refusal) == bool(case.refused)
    assert case.refused in decision.refusal


def _row(name: str, *needs: str) -> Row:
    return Row(f"urn:pulumi:s::p::w:i:T::{name}", "w:i:T", custom=True, id=name, dependencies=tuple(map(_urn, needs)))


def _urn(name: str) -> str:
    return f"urn:pulumi:s::p::w:i:T::{name}"


def test_a_diamond_is_deleted_from_its_tip() -> None:
    doomed = [_row("a"), _row("b", "a"), _row("c"), _row("d", "a", "c"), _row("e", "b", "d")]
    assert steps.deletion_waits(doomed) == {
        0: frozenset({1, 3}),
        1: frozenset({4}),
        2: frozenset({3}),
        3: frozenset({4}),
        4: frozenset(),
    }


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_deletion_never_waits_in_a_circle_and_always_ends(edges: set[tuple[int, int]]) -> None:
    doomed = [_row(str(n), *(str(b) for a, b in edges if a == n and b < n)) for n in range(8)]
    waits = {position: set(before) for position, before in steps.deletion_waits(doomed).items()}
    gone: list[int] = []
    while waits:
        ready = [position for position, before in waits.items() if before <= set(gone)]
        assert ready
        gone.extend(ready)
        waits = {position: before for position, before in waits.items() if position not in ready}
    for a, b in edges:
        if b < a:
            assert gone.index(a) < gone.index(b)


def test_a_row_that_stays_keeps_all_that_it_needs() -> None:
    doomed = [_row("a"), _row("b", "a"), _row("c", "b"), _row("d")]
    assert steps.kept_by_failure(doomed, doomed[2]) == frozenset({_urn("a"), _urn("b")})


def test_only_dependents_that_would_be_replaced_are_swept_along_and_those_behind_them() -> None:
    rows = [_row("root"), _row("mid", "root"), _row("leaf", "mid"), _row("other", "root"), _row("far")]
    replaced = {"mid", "leaf"}

    def would_replace(row: Row, changed: frozenset[str]) -> bool:
        assert changed
        return row.name in replaced

    swept = steps.swept_along(rows, _urn("root"), would_replace)
    assert [row.name for row in swept] == ["mid", "leaf"]
    replaced.clear()
    assert steps.swept_along(rows, _urn("root"), would_replace) == ()


def test_ignored_changes_keep_the_old_value_and_a_create_has_none_to_keep() -> None:
    news, olds = {"tags": {"a": "2", "b": "2"}, "size": 2}, {"tags": {"a": "1"}, "size": 1}
    assert steps.with_ignored(news, olds, ["tags.a"]) == {"tags": {"a": "1", "b": "2"}, "size": 2}
    assert steps.with_ignored(news, olds, ["tags"]) == {"tags": {"a": "1"}, "size": 2}
    assert steps.with_ignored(news, olds, ["tags.b"]) == {"tags": {"a": "2"}, "size": 2}
    assert steps.with_ignored(news, None, ["tags"]) == news
