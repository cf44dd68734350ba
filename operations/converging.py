"""Make a tenant what its profile says, under its lease: what `create` and `apply` have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.runs import Listener, Run
from operations import desired, lost, preflight, settled, terms
from operations.bundle import Bundle
from operations.desired import Desired
from operations.registry.model import Destruction, Record, RunKind, Status, Step
from operations.reports import Applied, Planned
from operations.writing import Writer, writing
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import LIVE
from stacks.errors import Refused

if TYPE_CHECKING:
    from engine.workspaces import Workspaces

Judge = Callable[[Desired], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, for which kind of run, and the command that goes on after a failure.

    `wanted` looks up what is wanted beside what is known, and `judge` says whether that is done already, and raises
    where this command may not do it; both are asked before the lease is taken, and again under it. `refresh` looks at
    the cloud first. `base` is the plan that was shown and agreed to: what is done must be that, on the state it was
    made against. `plan` names the saved plan that is applied.
    """

    wanted: Callable[[], Desired]
    kind: RunKind
    again: str
    judge: Judge
    base: Planned | None = None
    refresh: bool = False
    plan: str = ""


def converge(bundle: Bundle, order: Order, listen: Listener) -> Applied:
    """Do it. Raises BadInput and Refused before anything is touched; RunFailed and Interrupted after."""
    if (done := _settled(order)) is not None:
        return done
    subject = order.wanted().blueprint.tenant_id
    with writing(bundle, subject) as writer:
        # Someone may have been at work until a moment ago: what was true before the lease is looked up again.
        if (done := _settled(order)) is not None:
            return done
        wanted = order.wanted()
        _check_base(writer.workspaces, order, wanted)
        check_quotas(bundle, writer.workspaces, wanted)
        record = _begin(writer, wanted)
        rest = settled.of(bundle, writer.workspaces, wanted, refresh=order.refresh)
        program = bundle.programs.tenant(wanted.blueprint, LIVE, rest.members)

        def work(workspaces: Workspaces) -> Run:
            return workspaces.apply(record.stack, program, listen, refresh=order.refresh, exclude=rest.urns)

        _, run = writer.run(record, order.kind, work, order.again, order.plan)
        return Applied(_finish(writer, record, wanted.blueprint, run), run, terms.of(wanted))


def _settled(order: Order) -> Applied | None:
    """The answer where nothing is to be done; None where something is. Raises where it must not be done."""
    wanted = order.wanted()
    check_not_going(wanted.recorded)
    return Applied(wanted.recorded) if order.judge(wanted) and wanted.recorded else None


def check_not_going(recorded: Record | None) -> None:
    """Raise Refused where a destroy has begun and is not finished."""
    if recorded is not None and recorded.destruction is not None:
        raise Refused(
            f"{recorded.subject} is being destroyed.",
            why=f"A destroy began and has come to the step `{recorded.destruction.step}`.",
            next=f"Finish it first: `tenant destroy {recorded.subject}`; the id can be used again after.",
        )


def check_quotas(bundle: Bundle, workspaces: Workspaces, wanted: Desired) -> None:
    """Raise Refused where the account does not hold what the tenant needs beyond what it has."""
    blueprint = wanted.blueprint
    rows = workspaces.resources(blueprint.stack)
    preflight.check(bundle, blueprint.tenant_id, blueprint.region, blueprint.demands(), rows)


def _check_base(workspaces: Workspaces, order: Order, wanted: Desired) -> None:
    base = order.base
    if base is None:
        return
    stack = wanted.blueprint.stack
    why = ""
    if wanted.blueprint.digest != base.digest:
        why = "The profile, its tier or its place is another one now."
    elif (serial := workspaces.serial(stack)) != base.base_serial:
        why = f"The plan was made against version {base.base_serial} of the state; it is version {serial} now."
    elif workspaces.fingerprint(stack) != base.base_fingerprint:
        why = "Something was written to the state past this tool."
    if why:
        raise Refused(
            f"{base.subject}: something changed since the plan was shown; nothing was done.",
            why=why,
            next=f"Plan again: `tenant plan {base.subject}`.",
        )


def _begin(writer: Writer, wanted: Desired) -> Record:
    bundle = writer.bundle
    desired.check_stands(bundle, wanted.blueprint)
    lost.check_tenant(bundle, wanted.blueprint)
    if wanted.recorded is None:
        record = writer.claim(desired.proposed(bundle, wanted))
        return _standing(bundle, writer, record)
    status = Status.UPDATING if wanted.recorded.active_since else Status.PROVISIONING
    return writer.save(
        replace(
            wanted.recorded,
            status=status,
            tier=wanted.blueprint.tier,
            tier_version=wanted.blueprint.tier_version,
            facts=wanted.facts.to_json(),
            blueprint=wanted.blueprint.to_json(),
            digest=wanted.blueprint.digest,
            failure="",
        )
    )


def _standing(bundle: Bundle, writer: Writer, record: Record) -> Record:
    # Claim, then look at the cell again: whoever destroys the cell marks it first and looks for tenants then, so
    # that one of the two sees the other.
    try:
        desired.check_shared(bundle, record.region, record.cell)
    except Refused as refused:
        nothing = Destruction("", Step.PURGED)
        writer.save(replace(record, status=Status.DESTROYED, destruction=nothing, failure=str(refused)))
        raise
    return record


def _finish(writer: Writer, record: Record, blueprint: Blueprint, run: Run) -> Record:
    since = record.active_since or writer.bundle.clock.now()
    return writer.save(
        replace(
            record,
            status=Status.ACTIVE,
            applied=record.blueprint,
            outputs=dict(run.outputs),
            settled=settled.mark(writer.bundle, writer.workspaces, blueprint),
            failure="",
            active_since=since,
        )
    )
