"""Apply a saved plan: that blueprint, on the state that it was made against, or nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from engine.runs import Listener, ignore
from operations import converging, desired, people
from operations.bundle import Bundle
from operations.converging import Order
from operations.desired import Desired
from operations.plans import document, guards
from operations.plans.guards import Present, Verdict
from operations.plans.model import SavedPlan
from operations.registry.model import RunKind
from operations.reports import Applied
from stacks.blueprint import model
from stacks.errors import BadInput, Refused

_RUNS = 1000
"""How far back runs are looked at; a plan lives for days."""


def read(bundle: Bundle, file: Path) -> SavedPlan:
    """The plan in a file. Raises BadInput where there is none, Refused where it is not ours, or was changed."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "It is not UTF-8 text." if isinstance(error, UnicodeDecodeError) else f"{error.strerror}."
        raise BadInput(f"{file} can't be read.", where=str(file), why=why) from error
    return document.open(document.parse(text, str(file)), bundle.signing, bundle.environment.name)


def judge(bundle: Bundle, plan: SavedPlan) -> Verdict:
    """Whether it may be applied now. Raises Refused."""
    environment, base = bundle.environment, plan.planned
    states = bundle.records()
    present = Present(
        now=bundle.clock.now(),
        account=environment.account,
        record=bundle.registry.find(environment.name, base.subject),
        serial=states.serial(base.stack),
        fingerprint=states.fingerprint(base.stack),
        runs=bundle.registry.runs(environment.name, base.subject, _RUNS),
    )
    return guards.judge(plan, present)


def apply(bundle: Bundle, plan: SavedPlan, file: Path, listen: Listener = ignore) -> Applied:
    """Apply it; go on where its own apply ended badly; do nothing where it is applied already.

    The plan is judged before the lease is taken, and again under it. Raises Refused, LeaseHeld, RunFailed, Interrupted.
    """
    order = Order(
        wanted=partial(_wanted, bundle, plan),
        kind=RunKind.APPLY,
        again=f"tenant apply --plan {file}",
        judge=partial(_done, bundle, plan),
        refresh=plan.planned.refresh,
        plan=plan.id,
    )
    return converging.converge(bundle, order, listen)


def _wanted(bundle: Bundle, plan: SavedPlan) -> Desired:
    planned = plan.planned
    blueprint = _blueprint(plan)
    recorded = bundle.registry.find(bundle.environment.name, planned.subject)
    standing = recorded if recorded is not None and recorded.live else None
    others = bundle.registry.tenants(bundle.environment.name)
    if why := next((said for each in others for said in people.of_both(planned.subject, planned.blueprint, each)), ""):
        raise Refused(
            f"{planned.subject}: somebody became a member of another tenant since the plan was made; nothing was done.",
            why=why,
            next=f"Change the members, then plan again: `tenant plan {planned.subject} --save FILE`.",
        )
    return Desired(None, blueprint.facts, blueprint, standing)


def _blueprint(plan: SavedPlan) -> model.Blueprint:
    """What stands in the plan, read by this version of the tool: it must mean now what it meant then."""
    planned = plan.planned
    try:
        blueprint = model.from_json(dict(planned.blueprint))
    except (ValueError, KeyError, TypeError) as error:
        raise _other_version(planned.subject, f"Its blueprint can't be read: {error}.") from error
    if blueprint.digest != planned.digest:
        raise _other_version(planned.subject, "Read by this version, its blueprint has another digest.")
    return blueprint


def _other_version(subject: str, why: str) -> Refused:
    return Refused(
        f"{subject}: this plan was made by another version of the tool; nothing was done.",
        why=why,
        next=f"Plan again, and have that approved: `tenant plan {subject} --save FILE`.",
    )


def _done(bundle: Bundle, plan: SavedPlan, wanted: Desired) -> bool:
    verdict = judge(bundle, plan)
    if verdict is Verdict.APPLY:
        desired.check_change(wanted)
    return verdict is Verdict.DONE
