"""Events of the official engine, as recorded, and ours: one reader understands both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from pulumi.automation import EngineEvent

from engine.embedded import events
from engine.embedded.snapshot import Row
from engine.providers.port import ChangeKind, Diff, PropertyChange, Secret
from engine.reading import Reader
from engine.runs import Event, Op, Outcome, PathChange, Run, Said, StepEnded, StepStarted

_RECORDED = Path(__file__).parents[2] / "data/engine"


def _recorded(name: str) -> list[dict[str, Any]]:
    text, decoder, position = (_RECORDED / f"{name}.json").read_text(), json.JSONDecoder(), 0
    found: list[dict[str, Any]] = []
    while position < len(text):
        if text[position] in " \n\r\t,[]":
            position += 1
            continue
        event, position = decoder.raw_decode(text, position)
        found.append(event)
    return found


def _event(data: dict[str, Any]) -> EngineEvent:
    return cast("Any", EngineEvent).from_json(data)


def _read(name: str, heard: list[Event] | None = None, **how: bool) -> Run:
    reader = Reader(heard.append if heard is not None else lambda _: None, **how)
    for event in _recorded(name):
        reader.take(_event(event))
    return reader.run("dev", "", 0.0)


@pytest.mark.parametrize(
    ("name", "how", "expected"),
    [
        ("00_preview_events", {"planning": True}, {"create": 9}),
        ("01_up_events", {}, {"create": 9}),
        ("06_destroy_events", {}, {"delete": 1}),
    ],
)
def test_a_recorded_run_is_told_as_it_was(name: str, how: dict[str, bool], expected: dict[str, int]) -> None:
    summary = _read(name, None, **how).summary()
    assert {op: count for op, count in summary.items() if count} == expected


def test_a_recorded_update_names_what_differs() -> None:
    changed = {change.name: change for change in _read("03_update_events").pending}
    assert any(change.paths for change in changed.values())


def test_a_recorded_refusal_to_delete_the_protected_is_a_failure() -> None:
    run = _read("05_destroy_protected_events")
    assert any("protected" in failure.message for failure in run.failures)
    assert all("<{%" not in failure.message for failure in run.failures)


def test_progress_is_heard_as_starts_and_ends_and_chatter_is_not() -> None:
    heard: list[Event] = []
    _read("01_up_events", heard)
    started = {event.urn for event in heard if isinstance(event, StepStarted)}
    ended = {event.urn for event in heard if isinstance(event, StepEnded)}
    assert started == ended
    assert not [event for event in heard if isinstance(event, Said)]


def _keys(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, item in cast("dict[str, Any]", value).items():
        found.add(f"{path}.{key}")
        if key not in ("inputs", "outputs", "detailedDiff"):
            found |= _keys(item, f"{path}.{key}")
    return found


def test_our_events_have_no_member_that_the_official_ones_lack() -> None:
    names = (
        "00_preview_events",
        "01_up_events",
        "02_refresh_events",
        "03_update_events",
        "05_destroy_protected_events",
    )
    recorded: set[str] = set()
    for name in names:
        for event in _recorded(name):
            recorded |= _keys(event)
    old = Row("urn:pulumi:s::p::w:i:T::a", "w:i:T", custom=True, id="a", inputs={"t": Secret("hush")}, protect=True)
    diff = Diff((PropertyChange("t", ChangeKind.UPDATE),))
    ours = {"resourcePreEvent": {"metadata": events.step("update", old, old, old, diff), "planning": False}}
    assert _keys(ours) <= recorded
    assert _keys({"diagnosticEvent": events.diagnostic("error", "no", "urn:x")}) <= recorded
    assert "hush" not in json.dumps(ours)


def test_the_outcome_is_what_the_command_said() -> None:
    assert Reader(lambda _: None).run("s", "", 0).outcome is Outcome.SUCCEEDED
    failed = Reader(lambda _: None).run("s", "error: the stack is locked", 0)
    assert (failed.outcome, failed.failures[0].message) == (Outcome.FAILED, "the stack is locked")
    assert Reader(lambda _: None).run("s", "error: interrupted: saved", 0).outcome is Outcome.INTERRUPTED


def test_a_replacement_is_told_once() -> None:
    reader = Reader(lambda _: None)
    row = Row("urn:pulumi:s::p::w:i:T::a", "w:i:T", custom=True, id="a")
    for op in ("create-replacement", "replace", "delete-replaced"):
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            body = {"sequence": 0, "timestamp": 0, kind: {"metadata": events.step(op, row, row, row)}}
            reader.take(_event(body))
    assert [(change.name, change.op) for change in reader.run("s", "", 0).changes] == [("a", Op.REPLACE)]


def test_a_look_before_the_run_ends_as_a_look_and_counts_as_nothing_done() -> None:
    heard: list[Event] = []
    reader = Reader(heard.append)
    row = Row("urn:pulumi:s::p::w:i:T::a", "w:i:T", custom=True, id="a")
    seen = [("resourcePreEvent", "refresh"), ("resOutputsEvent", "update")]  # drift: the end tells what was found
    refused = [("resourcePreEvent", "update"), ("resOpFailedEvent", "update")]
    for kind, op in (*seen, *refused):
        reader.take(_event({"sequence": 0, "timestamp": 0, kind: {"metadata": events.step(op, row, row, row)}}))
    told = [(type(event), event.op) for event in heard if isinstance(event, StepStarted | StepEnded)]
    assert told == [
        (StepStarted, Op.REFRESH),
        (StepEnded, Op.REFRESH),
        (StepStarted, Op.UPDATE),
        (StepEnded, Op.UPDATE),
    ]
    assert reader.run("s", "error: update failed", 0).changes == ()


def test_what_only_a_look_tells_is_told_as_it_was_and_is() -> None:
    def looked(name: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> Row:
        return Row(urn=f"urn:pulumi:dev::tenants::{name}::it", custom=True, type=name, inputs=inputs, outputs=outputs)

    was = looked("rows", {"schema": "app"}, {"schema": "app", "unprotected": []})
    now = looked("rows", {"schema": "app"}, {"schema": "app", "unprotected": ["orders: no policy"]})
    diff = Diff((PropertyChange("unprotected[0]", ChangeKind.UPDATE), PropertyChange("schema", ChangeKind.UPDATE)))
    reader = Reader(lambda _: None, planning=True, refreshing=True)
    for kind, op in (("resourcePreEvent", "refresh"), ("resOutputsEvent", "update")):
        metadata = events.step(op, was, was, now, diff)
        reader.take(_event({"sequence": 0, "timestamp": 0, kind: {"metadata": metadata}}))
    (change,) = reader.run("dev", "", 0.0).pending
    assert change.paths == (
        PathChange("schema", "app", "app"),
        PathChange("unprotected[0]", None, "orders: no policy"),
    )
