"""Whether a saved plan may still be applied: pure, over what is known of its tenant now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from operations.plans.model import SavedPlan
from operations.registry.model import Record, RunRecord, Status
from stacks.errors import Refused


class Verdict(Enum):
    """What is to be done with a plan that may be applied."""

    APPLY = auto()
    GO_ON = auto()  # its own apply began, and did not come to a good end
    DONE = auto()  # it was applied, and nothing was done since


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What is true now. `record` is the newest incarnation; `runs` are the subject's, newest first."""

    now: datetime
    account: str
    record: Record | None
    serial: int
    fingerprint: str
    runs: Sequence[RunRecord]


def judge(plan: SavedPlan, present: Present) -> Verdict:
    """What to do. Raises Refused where the plan is too old, or its base is no longer what it was."""
    _check_time(plan, present)
    _check_account(plan, present)
    own = _own_runs(plan, present.runs)
    _check_tenant(plan, present.record, begun=bool(own))
    if own:
        done = own[0].outcome == "succeeded" and present.record is not None and present.record.status is Status.ACTIVE
        return Verdict.DONE if done else Verdict.GO_ON
    _check_state(plan, present)
    return Verdict.APPLY


def _own_runs(plan: SavedPlan, runs: Sequence[RunRecord]) -> Sequence[RunRecord]:
    """Runs since the plan was made, if all are its own; none where it was never applied. Raises Refused for others."""
    since = [run for run in runs if run.started >= plan.created]
    others = [run for run in since if run.plan != plan.id]
    if others:
        last = others[0]
        how = f"`{last.kind.value}` began {_told(last.started)} and {_ended(last)}"
        raise _moved(plan, f"Since it was made ({_told(plan.created)}) there was another run: {how}.")
    return since


def _ended(run: RunRecord) -> str:
    return run.outcome if run.ended else "has not ended"


def _told(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def _check_time(plan: SavedPlan, present: Present) -> None:
    if present.now >= plan.expires:
        raise Refused(
            f"{plan.planned.subject}: this plan has expired; nothing was done.",
            why=f"It was good until {_told(plan.expires)}; now it is {_told(present.now)}.",
            next=_again(plan),
        )


def _check_account(plan: SavedPlan, present: Present) -> None:
    if plan.account != present.account:
        raise Refused(
            f"{plan.planned.subject}: this plan was made for another account; nothing was done.",
            why=f"Environment {plan.environment} was account {plan.account} then, and is {present.account} now.",
            next=_again(plan),
        )


def _check_tenant(plan: SavedPlan, record: Record | None, *, begun: bool) -> None:
    """The incarnation that the plan is of is the one that stands, or is still to be made."""
    wanted, subject = plan.planned.incarnation, plan.planned.subject
    if plan.planned.new and not begun:
        if record is not None and (record.live or record.incarnation >= wanted):
            state = "stands" if record.live else "was made and destroyed"
            raise _moved(plan, f"It would make {subject} anew, and incarnation {record.incarnation} {state} by now.")
        return
    if record is None:
        raise _moved(plan, f"Environment {plan.environment} of this home does not know {subject}.")
    if record.incarnation != wanted:
        raise _moved(plan, f"It is of incarnation {wanted} of {subject}; now it is incarnation {record.incarnation}.")
    if not record.live:
        raise _moved(plan, f"Incarnation {wanted} of {subject} was destroyed since.")


def _check_state(plan: SavedPlan, present: Present) -> None:
    base = plan.planned
    if present.serial != base.base_serial:
        raise _moved(
            plan, f"It was made against version {base.base_serial} of the state; it is version {present.serial} now."
        )
    if present.fingerprint != base.base_fingerprint:
        raise _moved(
            plan,
            f"The state has the version that it was made against ({base.base_serial}), and is another one:"
            " something was written to it past this tool, or it is the state of another backend.",
        )


def _moved(plan: SavedPlan, why: str) -> Refused:
    subject = plan.planned.subject
    return Refused(
        f"{subject}: what this plan was made against has moved; nothing was done.", why=why, next=_again(plan)
    )


def _again(plan: SavedPlan) -> str:
    return f"Plan again, and have that approved: `tenant plan {plan.planned.subject} --save FILE`."
