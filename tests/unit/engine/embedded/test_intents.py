from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.embedded import intents, snapshot
from engine.embedded.intents import Journal
from engine.embedded.secrets import Crypter
from engine.embedded.snapshot import Pending, Row, Snapshot
from engine.providers.port import Found, ProviderError, Secret

_PROVIDER = Row("urn:pulumi:s::p::pulumi:providers:w::default", "pulumi:providers:w", custom=True, id="1")
_NEW = Row(
    "urn:pulumi:s::p::w:i:T::a", "w:i:T", custom=True, inputs={"v": 1}, provider=f"{_PROVIDER.urn}::1", created="t"
)
_OLD = replace(_NEW, id="a-1", outputs={"v": 1})


def _nothing(*_: object) -> Found | None:
    return None


def _refuses(*_: object) -> Found | None:
    raise ProviderError("no answer")


def _found(id: str, **inputs: Any) -> Callable[..., Found | None]:
    def find(*_: object) -> Found | None:
        return Found(id, inputs, {**inputs, "out": id})

    return find


def _resolved(pending: Pending, *rows: Row, find: Any = _nothing, read: Any = _nothing) -> tuple[Snapshot, int, str]:
    state, doubts, said = intents.resolve(Snapshot((_PROVIDER, *rows), (pending,)), find, read)
    assert snapshot.faults(state, "s") == ()
    return state, len(doubts), "; ".join(said)


def test_a_create_that_was_accepted_is_adopted() -> None:
    state, doubts, said = _resolved(Pending(_NEW, "creating"), find=_found("a-7", v=1))
    adopted = state.live(_NEW.urn)
    assert adopted is not None
    assert (adopted.id, adopted.inputs, adopted.outputs) == ("a-7", {"v": 1}, {"v": 1, "out": "a-7"})
    assert (state.pending, doubts) == ((), 0)
    assert "adopted as a-7" in said


def test_a_create_that_left_nothing_is_forgotten() -> None:
    state, doubts, _ = _resolved(Pending(_NEW, "creating"))
    assert (state.live(_NEW.urn), state.pending, doubts) == (None, (), 0)


def test_what_cannot_be_told_stays_pending() -> None:
    state, doubts, _ = _resolved(Pending(_NEW, "creating"), find=_refuses)
    assert (state.pending, doubts) == ((Pending(_NEW, "creating"),), 1)


def test_an_interrupted_replacement_adopts_the_second_and_owes_the_first_its_deletion() -> None:
    state, _, _ = _resolved(Pending(_NEW, "creating"), _OLD, find=_found("a-2", v=2))
    live = state.live(_NEW.urn)
    assert live is not None
    assert live.id == "a-2"
    assert [(row.id, row.delete) for row in state.rows if row.urn == _NEW.urn and row.delete] == [("a-1", True)]


def test_what_is_to_be_replaced_is_not_taken_for_its_replacement() -> None:
    asked: list[frozenset[str]] = []

    def find(_: Row, known: frozenset[str]) -> Found | None:
        asked.append(known)
        return None

    owed = replace(_OLD, urn=_OLD.urn + "2", id="a-9", pending_replacement=True)
    state, _, _ = _resolved(Pending(_NEW, "creating"), _OLD, owed, find=find)
    assert asked == [frozenset({"a-1"})]
    assert state.live(_NEW.urn) == _OLD


def test_an_interrupted_delete_that_went_through_drops_the_row_and_its_dependents_forget_it() -> None:
    dependent = replace(_OLD, urn="urn:pulumi:s::p::w:i:T::b", id="b-1", dependencies=(_OLD.urn,))
    state, _, _ = _resolved(Pending(_OLD, "deleting"), _OLD, dependent)
    assert state.live(_OLD.urn) is None
    kept = state.live(dependent.urn)
    assert kept is not None
    assert kept.dependencies == ()


def test_an_interrupted_update_goes_on_from_what_is_live_and_keeps_its_secrets() -> None:
    old = replace(_OLD, inputs={"v": 1, "password": Secret("hush")}, outputs={})
    state, _, _ = _resolved(Pending(old, "updating"), old, read=_found("a-1", v=2, password="hush"))  # noqa: S106
    row = state.live(old.urn)
    assert row is not None
    assert row.inputs == {"v": 2, "password": Secret("hush")}
    assert row.outputs["password"] == Secret("hush")


class _Disk:
    def __init__(self) -> None:
        self.states: list[Snapshot] = []
        self.crypter = Crypter("p")

    def save(self, text: str) -> None:
        self.states.append(snapshot.parse({"version": 3, "deployment": json.loads(text)}, self.crypter.decrypt, "s"))


@pytest.fixture
def disk() -> _Disk:
    return _Disk()


def test_an_intent_is_on_disk_before_the_call_and_the_outcome_after_it(disk: _Disk) -> None:
    journal = Journal(Snapshot((_PROVIDER,)), disk.crypter, disk.save)
    pending = journal.begin("creating", _NEW)
    assert disk.states[-1].pending == (Pending(_NEW, "creating"),)
    journal.settle(_OLD, pending=pending)
    assert disk.states[-1].pending == ()
    assert disk.states[-1].live(_NEW.urn) == _OLD


def test_a_refused_call_leaves_no_intent(disk: _Disk) -> None:
    journal = Journal(Snapshot((_PROVIDER,)), disk.crypter, disk.save)
    journal.abandon(journal.begin("creating", _NEW))
    assert disk.states[-1] == Snapshot((_PROVIDER,))


def test_a_replacement_is_recorded_in_one_write(disk: _Disk) -> None:
    journal = Journal(Snapshot((_PROVIDER, _OLD)), disk.crypter, disk.save)
    pending = journal.begin("creating", _NEW)
    writes = len(disk.states)
    journal.supersede(_OLD, replace(_OLD, id="a-2"), pending)
    assert len(disk.states) == writes + 1
    assert sorted((row.id, row.delete) for row in disk.states[-1].rows if row.urn == _NEW.urn) == [
        ("a-1", True),
        ("a-2", False),
    ]


def test_a_row_that_stays_as_it_was_costs_no_write(disk: _Disk) -> None:
    journal = Journal(Snapshot((_PROVIDER, _OLD)), disk.crypter, disk.save)
    journal.settle(_OLD, was=_OLD)
    assert disk.states == []


def test_a_preview_writes_nothing() -> None:
    journal = Journal(Snapshot((_PROVIDER,)), Crypter("p"), None)
    journal.settle(_OLD, pending=journal.begin("creating", _NEW))
    assert journal.live(_NEW.urn) == _OLD
