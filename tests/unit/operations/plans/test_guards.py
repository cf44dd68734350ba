"""When a saved plan may be applied: what has moved is refused, with what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from operations.plans import guards
from operations.plans.guards import Present, Verdict
from operations.registry.model import Record, RunKind, RunRecord, Status
from stacks.errors import Refused
from tests.unit.operations.plans.given import NOON, record, run, saved


def now(**changes: Any) -> Present:
    plain: dict[str, Any] = {
        "now": NOON + timedelta(hours=2),
        "account": "123456789012",
        "record": record(),
        "serial": 3,
        "fingerprint": "f" * 64,
        "runs": (run(started=NOON - timedelta(days=1)),),
    }
    return Present(**(plain | changes))


OWN, FOREIGN = run(plan="p1"), run(id="r2", started=NOON + timedelta(minutes=90))
GONE = record(status=Status.DESTROYED)


@dataclass(frozen=True)
class Case:
    id: str
    told: str
    present: dict[str, Any] = field(default_factory=dict[str, Any])
    plan: dict[str, Any] = field(default_factory=dict[str, Any])


MOVED = [
    Case("serial", "against version 3 of the state; it is version 4 now", {"serial": 4}),
    Case("same serial, other state", "is another one", {"fingerprint": "e" * 64}),
    Case("destroyed", "Incarnation 1 of acme was destroyed since", {"record": GONE}),
    Case("another incarnation", "now it is incarnation 2", {"record": record(incarnation=2)}),
    Case("not known here", "does not know acme", {"record": None}),
    Case("made meanwhile", "incarnation 1 stands by now", plan={"new": True}),
    Case("made and destroyed", "was made and destroyed by now", {"record": GONE}, {"new": True}),
    Case("someone's run", "there was another run: `apply` began 2026-03-01 13:30:00 UTC", {"runs": (FOREIGN,)}),
    Case("someone's after its own", "there was another run", {"runs": (FOREIGN, OWN)}),
    Case("its own after someone's", "there was another run", {"runs": (OWN, FOREIGN)}),
    Case("a run under way", "has not ended", {"runs": (run(ended=None, outcome="", kind=RunKind.DESTROY),)}),
    Case("expired", "good until 2026-03-02 12:00:00 UTC", {"now": NOON + timedelta(days=1)}),
    Case("expired, though applied", "expired", {"now": NOON + timedelta(days=2), "runs": (OWN,)}),
    Case("another account", "account 123456789012 then, and is 999 now", {"account": "999"}),
    Case("destroyed after its own run", "destroyed since", {"record": GONE, "runs": (OWN,)}),
]


@pytest.mark.parametrize("case", MOVED, ids=lambda case: case.id)
def test_what_has_moved_is_refused_and_said(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        guards.judge(saved(**case.plan), now(**case.present))
    assert case.told in str(refused.value)
    assert "tenant plan acme --save" in refused.value.next


def test_a_plan_on_its_base_is_applied() -> None:
    assert guards.judge(saved(), now()) is Verdict.APPLY


@pytest.mark.parametrize("before", [None, record(incarnation=1, status=Status.DESTROYED)], ids=["first", "second"])
def test_a_plan_of_a_new_tenant_is_applied_where_there_is_none(before: Record | None) -> None:
    plan = saved(new=True, incarnation=2 if before else 1, base_serial=0)
    assert guards.judge(plan, now(record=before, serial=0)) is Verdict.APPLY


def test_its_own_good_end_makes_it_done() -> None:
    assert guards.judge(saved(), now(serial=4, runs=(OWN,))) is Verdict.DONE
    assert guards.judge(saved(new=True), now(serial=4, runs=(OWN,))) is Verdict.DONE


@pytest.mark.parametrize("status", [Status.FAILED, Status.UPDATING, Status.PROVISIONING])
@pytest.mark.parametrize(
    "runs",
    [
        (run(plan="p1", outcome="failed"),),
        (run(plan="p1", ended=None, outcome=""),),
        (run(plan="p1", id="r2", outcome="interrupted", started=NOON + timedelta(hours=1, minutes=5)), OWN),
    ],
    ids=["failed", "killed", "twice"],
)
def test_its_own_bad_end_lets_it_go_on(status: Status, runs: Sequence[RunRecord]) -> None:
    present = now(serial=5, record=record(status=status), runs=runs)
    assert guards.judge(saved(), present) is Verdict.GO_ON
