"""The core with a row whose cloud is a dict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.providers.aws import crud
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.rows import ROWS
from engine.providers.aws.rows.parameter_groups import Parameters
from engine.providers.aws.table import Handle, Object, Prop, Row, State
from engine.providers.port import AnswerLost, Call, PartlyDone, ProviderError
from engine.providers.waits import Clock


@dataclass
class Store:
    """What is there, and what goes wrong."""

    things: dict[str, Object] = field(default_factory=dict[str, Object])
    fail_set: Exception | None = None
    deletes: int = 0
    busy_for: int = 0

    def create(self, handle: Handle, request: Object) -> str:
        self.things["t-1"] = {"Size": handle.inputs.get("size"), "Status": "ready"}
        return "t-1"

    def look(self, handle: Handle) -> Object | None:
        return self.things.get(handle.id)

    def set_colour(self, handle: Handle, value: Any) -> None:
        if self.fail_set:
            raise self.fail_set
        self.things[handle.id]["Colour"] = value

    def delete(self, handle: Handle) -> None:
        self.deletes += 1
        if self.deletes <= self.busy_for:
            raise CloudRefused("x DeleteThing refused: InUse: still used", "InUse")
        self.things.pop(handle.id, None)

    def row(self) -> Row:
        return Row(
            type="aws:kms/alias:Alias",
            service="x",
            props=(
                Prop("name", send=None, live="Size", change=self.set_colour),
                Prop("targetKeyId", send=None, live="Colour", change=self.set_colour),
            ),
            create=self.create,
            look=self.look,
            delete=self.delete,
            seek=lambda handle: ["t-1"],
            state=lambda found: State.FAILED if found["Status"] == "failed" else State.READY,
            busy_codes=frozenset({"InUse"}),
        )


def handle(call: Call | None = None, **inputs: Any) -> Handle:
    moment = [0.0]
    clock = Clock(lambda: moment[0], lambda s: moment.__setitem__(0, moment[0] + s))
    return Handle(Api(AwsAccess(default_endpoint="http://127.0.0.1:9"), "eu-west-1", call or Call(), clock), "", inputs)


def _nothing(_: Handle) -> Object | None:
    return None


def _pending(_: Handle) -> Object | None:
    return {"KeyState": "PendingDeletion"}


def _anothers(_: Handle, found: Object) -> bool:
    return False


def test_a_later_step_that_fails_leaves_a_resource_that_is_recorded() -> None:
    store = Store(fail_set=ProviderError("x SetColour refused: No: no"))
    with pytest.raises(PartlyDone, match="SetColour refused") as caught:
        crud.create(store.row(), handle(targetKeyId="red"))
    assert caught.value.id == "t-1"
    assert caught.value.outputs["targetKeyId"] == "red"


def test_an_answer_lost_after_the_create_is_not_a_lost_create() -> None:
    store = Store(fail_set=AnswerLost("lost"))
    with pytest.raises(PartlyDone):
        crud.create(store.row(), handle(targetKeyId="red"))


def test_a_resource_that_fails_to_come_up_is_recorded_too() -> None:
    store = Store()

    def create(handle: Handle, request: Object) -> str:
        store.things["t-1"] = {"Status": "failed"}
        return "t-1"

    row = replace(store.row(), create=create)
    with pytest.raises(PartlyDone, match="failed"):
        crud.create(row, handle())


def test_a_wait_that_is_stopped_leaves_what_was_made_to_the_next_run() -> None:
    store = Store()
    row = replace(store.row(), look=_nothing)
    with pytest.raises(PartlyDone, match="Stopped while waiting"):
        crud.create(row, handle(call=Call(stopping=lambda: True)))


def _updating(store: Store, *accepted: str) -> None:
    store.things["t-1"] = {"Size": 1, "Status": "ready"}
    wanted = replace(handle(name=2), id="t-1")
    wanted.api.accepted.extend(accepted)
    crud.update(store.row(), wanted, {"name": 1})


def test_an_update_whose_first_call_is_refused_came_to_nothing() -> None:
    with pytest.raises(ProviderError) as caught:
        _updating(Store(fail_set=CloudRefused("x SetThing refused: AccessDenied: no", "AccessDenied")))
    assert not isinstance(caught.value, AnswerLost)


def test_an_update_that_fails_after_a_call_was_accepted_is_to_be_looked_at() -> None:
    refused = CloudRefused("x AddTags refused: AccessDenied: no", "AccessDenied")
    with pytest.raises(AnswerLost, match="ModifyThing accepted, then: x AddTags refused"):
        _updating(Store(fail_set=refused), "ModifyThing")


def test_a_delete_waits_for_what_still_hangs_on_it() -> None:
    store = Store({"t-1": {"Status": "ready"}}, busy_for=3)
    crud.delete(store.row(), replace(handle(), id="t-1"))
    assert store.things == {}
    assert store.deletes == 4


def test_a_delete_that_waited_in_vain_says_for_what() -> None:
    store = Store({"t-1": {"Status": "ready"}}, busy_for=10_000)
    with pytest.raises(ProviderError, match="InUse: still used"):
        crud.delete(store.row(), replace(handle(call=Call(timeout=5)), id="t-1"))


def test_a_delete_whose_answer_was_lost_is_said_again() -> None:
    store = Store({"t-1": {"Status": "ready"}})
    answers = iter([AnswerLost("lost"), None])

    def delete(handle: Handle) -> None:
        error = next(answers)
        if error:
            raise error
        store.delete(handle)

    crud.delete(replace(store.row(), delete=delete), replace(handle(), id="t-1"))
    assert store.things == {}


def test_a_delete_that_is_never_answered_is_given_up() -> None:
    store = Store({"t-1": {"Status": "ready"}})

    def delete(_: Handle) -> None:
        store.deletes += 1
        raise AnswerLost("lost")

    with pytest.raises(AnswerLost):
        crud.delete(replace(store.row(), delete=delete), replace(handle(), id="t-1"))
    assert store.deletes == 3


def test_find_leaves_alone_what_a_row_takes_for_another() -> None:
    store = Store({"t-1": {"Status": "ready"}})
    with pytest.raises(ProviderError, match="t-1 exists already"):
        crud.find(replace(store.row(), ours=_anothers), handle())


def test_find_sees_nothing_where_nothing_is() -> None:
    assert crud.find(Store().row(), handle()) is None


def test_a_key_that_is_pending_deletion_is_gone() -> None:
    row = replace(ROWS["aws:kms/key:Key"], look=_pending)
    assert crud.read(row, replace(handle(), id="k")) is None


@dataclass
class Recorder:
    """Stands for an Api: remembers what was written."""

    written: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    def pages(self, service: str, operation: str, member: str, **parameters: Any) -> list[Object]:
        return [{"ParameterName": "work_mem", "ParameterValue": "1", "ApplyMethod": "immediate", "Source": "user"}]

    def write(self, service: str, operation: str, **parameters: Any) -> Object:
        self.written.append((operation, parameters["Parameters"]))
        return {}


def test_a_parameter_that_is_taken_away_is_reset_to_its_familys_default() -> None:
    recorder = Recorder()
    parameters = Parameters("rds", "Name", "Describe", "Modify", "Reset", "Parameters", applies=True)
    group = Handle(recorder, "g", {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - stands for an Api
    parameters.put(group, [{"name": "rds.force_ssl", "value": "1"}])
    assert recorder.written == [
        ("Modify", [{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}]),
        ("Reset", [{"ParameterName": "work_mem", "ApplyMethod": "immediate"}]),
    ]


def test_parameters_go_by_twenties() -> None:
    recorder = Recorder()
    parameters = Parameters("rds", "Name", "Describe", "Modify", "Reset", "Parameters", applies=True)
    group = Handle(recorder, "g", {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - stands for an Api
    parameters.put(group, [{"name": f"p{n}", "value": "1"} for n in range(45)])
    assert [len(batch) for operation, batch in recorder.written if operation == "Modify"] == [20, 20, 5]
