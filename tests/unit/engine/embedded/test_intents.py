from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.embedded import intents, log, snapshot
from engine.embedded.intents import Journal
from engine.embedded.secrets import Crypter
from engine.embedded.snapshot import Pending, Row, Snapshot
from engine.embedded.written import Written
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


_CRYPTER = Crypter("p")  # its key takes its time


class _Disk:
    """What a crash at each moment would leave."""

    def __init__(self) -> None:
        self.crypter = _CRYPTER
        self.checkpoint, self.log = "", ""
        self.states: list[Snapshot] = []

    def save(self, deployment: str) -> None:
        self.checkpoint, self.log = deployment, ""
        self.states.append(self.read(self.log))

    def append(self, line: str) -> None:
        self.log = (self.log or log.header(self.checkpoint)) + line
        self.states.append(self.read(self.log))

    def read(self, text: str) -> Snapshot:
        deployment = log.folded(json.loads(self.checkpoint), log.changes(text, self.checkpoint))
        return snapshot.parse({"version": 3, "deployment": deployment}, self.crypter.decrypt, "s")

    def journal(self, *rows: Row) -> Journal:
        return Journal(Snapshot(rows), Written(self.crypter, self))


@pytest.fixture
def disk() -> _Disk:
    return _Disk()


def test_an_intent_is_on_disk_before_the_call_and_the_outcome_after_it(disk: _Disk) -> None:
    journal = disk.journal(_PROVIDER)
    pending = journal.begin("creating", _NEW)
    assert disk.states[-1].pending == (Pending(_NEW, "creating"),)
    journal.settle(_OLD, pending=pending)
    assert disk.states[-1].pending == ()
    assert disk.states[-1].live(_NEW.urn) == _OLD


def test_a_refused_call_leaves_no_intent(disk: _Disk) -> None:
    journal = disk.journal(_PROVIDER)
    journal.abandon(journal.begin("creating", _NEW))
    assert disk.states[-1] == Snapshot((_PROVIDER,))


def test_a_replacement_is_recorded_in_one_write(disk: _Disk) -> None:
    journal = disk.journal(_PROVIDER, _OLD)
    pending = journal.begin("creating", _NEW)
    writes = len(disk.states)
    journal.supersede(_OLD, replace(_OLD, id="a-2"), pending)
    assert len(disk.states) == writes + 1
    assert sorted((row.id, row.delete) for row in disk.states[-1].rows if row.urn == _NEW.urn) == [
        ("a-1", True),
        ("a-2", False),
    ]


def test_a_row_that_stays_as_it_was_costs_no_write(disk: _Disk) -> None:
    journal = disk.journal(_PROVIDER, _OLD)
    journal.settle(_OLD, was=_OLD)
    assert disk.states == []


def test_a_preview_writes_nothing() -> None:
    journal = Journal(Snapshot((_PROVIDER,)), None)
    journal.settle(_OLD, pending=journal.begin("creating", _NEW))
    assert journal.live(_NEW.urn) == _OLD


def test_a_run_writes_its_state_whole_at_its_first_change_and_at_its_end(disk: _Disk) -> None:
    journal = disk.journal(_PROVIDER)
    journal.settle(_OLD, pending=journal.begin("creating", _NEW))
    assert _NEW.urn in disk.checkpoint
    assert disk.log.count("\n") == 2
    journal.close()
    assert disk.log == ""
    assert disk.states[-1] == disk.states[-2]


def test_what_could_not_be_written_is_in_the_next_checkpoint(disk: _Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = disk.journal(_PROVIDER)
    pending = journal.begin("creating", _NEW)

    def full(_: str) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "append", full)
        with pytest.raises(OSError, match="full"):
            journal.settle(_OLD, pending=pending)
    journal.write()
    assert disk.states[-1] == Snapshot((_PROVIDER, _OLD))


class _Slowly:
    """A disk that takes its time: the first write waits until all others have asked for theirs."""

    def __init__(self, asking: threading.Barrier) -> None:
        self.texts, self.asking = list[str](), asking

    def save(self, deployment: str) -> None:
        self.asking.wait(10)
        time.sleep(0.2)
        self.texts.append(deployment)

    def append(self, line: str) -> None:
        self.texts.append(line)


def test_changes_that_wait_for_one_another_are_written_together_and_none_returns_before() -> None:
    many = 8
    asking = threading.Barrier(many)
    slowly = _Slowly(asking)
    journal = Journal(Snapshot((_PROVIDER,)), Written(_CRYPTER, slowly))

    def begin(number: int) -> bool:
        row = replace(_NEW, urn=f"{_NEW.urn}{number}")
        if number:
            asking.wait(10)
        journal.begin("creating", row)
        return row.urn in slowly.texts[-1]

    with ThreadPoolExecutor(many) as pool:
        assert all(pool.map(begin, range(many)))
    assert 1 < len(slowly.texts) < many


@settings(deadline=None)  # it writes to a disk that others may keep busy
@given(st.data())
def test_after_any_changes_the_disk_holds_what_the_run_knows_wherever_the_last_line_is_torn(
    data: st.DataObject,
) -> None:
    disk = _Disk()
    journal = disk.journal(_PROVIDER)
    known = [journal.current()]
    for step in range(data.draw(st.integers(1, 12))):
        _change(journal, data, step)
        if data.draw(st.booleans()) or step == 0:
            journal.write()
            assert _same(disk.states[-1], journal.current())
            known.append(disk.states[-1])
    last = disk.log.rstrip("\n").rpartition("\n")[2]
    if last:
        torn = disk.read(disk.log[: -1 - data.draw(st.integers(0, len(last) - 1))])
        assert torn in disk.states[:-1]
    journal.close()
    assert _same(disk.states[-1], journal.current())


def _change(journal: Journal, data: st.DataObject, step: int) -> None:
    rows = [row for row in journal.rows() if row is not _PROVIDER and not row.delete]
    was = data.draw(st.sampled_from([None, *rows]))
    if was is None:
        was = replace(_OLD, urn=f"{_NEW.urn}{step}", inputs={"v": Secret(str(step))})
        needed = data.draw(st.sampled_from([None, *rows]))
        row = was if needed is None else replace(was, dependencies=(needed.urn,))
        journal.settle(row, pending=journal.begin("creating", row), write=False)
        return
    match data.draw(st.sampled_from(["keep", "update", "begin", "replace", "mark", "go", "strike"])):
        case "keep":
            journal.settle(was, was=was)
        case "update":
            journal.settle(replace(was, outputs={"v": step}), was=was, write=False)
        case "begin":
            journal.begin("updating", was)
        case "replace":
            journal.supersede(was, replace(was, id=f"r-{step}"), None)
        case "mark":
            journal.mark(was, replace(was, pending_replacement=True))
        case "strike":
            journal.strike([was.urn])
        case _:
            journal.settle(None, was=was, write=False)
            journal.strike([was.urn])


def _same(one: Snapshot, other: Snapshot) -> bool:
    """But for the order of what does not need one another."""
    return sorted(map(repr, one.rows)) == sorted(map(repr, other.rows)) and one.pending == other.pending
