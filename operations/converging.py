"""Make a tenant what its profile says, under its lease: what `create` and `apply` have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.runs import Listener, Run
from operations import desired, preflight
from operations.bundle import Bundle
from operations.desired import Desired
from operations.registry.model import Destruction, Record, RunKind, Status, Step
from operations.reports import Applied, Planned
from operations.writing import Writer, writing
from stacks.blueprint.phase import LIVE
from stacks.errors import Refused

if TYPE_CHECKING:
    from engine.workspaces import Workspaces

Judge = Callable[[Desired], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: which profile, for which kind of run, and the command that goes on after a failure.

    `judge` raises where this command may not do it; it is asked before the lease is taken, and again under it.
    `refresh` looks at the cloud first. `base` is the plan that was shown and agreed to: what is done must be that, on
    the state it was made against.
    """

    file: Path
    kind: RunKind
    again: str
    judge: Judge
    base: Planned | None = None
    refresh: bool = False


def converge(bundle: Bundle, order: Order, listen: Listener) -> Applied:
    """Do it. Raises BadInput and Refused before anything is touched; RunFailed and Interrupted after."""
    if (done := _settled(bundle, order)) is not None:
        return done
    subject = desired.tenant(bundle, order.file).blueprint.tenant_id
    with writing(bundle, subject) as writer:
        # Someone may have been at work until a moment ago: what was true before the lease is looked up again.
        if (done := _settled(bundle, order)) is not None:
            return done
        wanted = desired.tenant(bundle, order.file)
        _check_base(writer.workspaces, order, wanted)
        check_quotas(bundle, writer.workspaces, wanted)
        record = _begin(writer, wanted)
        program = bundle.programs.tenant(wanted.blueprint, LIVE)

        def work(workspaces: Workspaces) -> Run:
            return workspaces.apply(record.stack, program, listen, refresh=order.refresh)

        _, run = writer.run(record, order.kind, work, order.again)
        return Applied(_finish(writer, record, run), run)


def _settled(bundle: Bundle, order: Order) -> Applied | None:
    """The answer where nothing is to be done; None where something is. Raises where it must not be done."""
    wanted = desired.tenant(bundle, order.file)
    check_not_going(wanted.recorded)
    desired.check_change(wanted)
    order.judge(wanted)
    recorded = wanted.recorded
    if recorded and _complete(recorded, wanted) and order.kind is RunKind.CREATE:
        return Applied(recorded)
    return None


def _complete(recorded: Record, wanted: Desired) -> bool:
    return recorded.status is Status.ACTIVE and recorded.digest == wanted.blueprint.digest


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
    now = (wanted.blueprint.digest, workspaces.serial(wanted.blueprint.stack))
    if now != (base.digest, base.base_serial):
        raise Refused(
            f"{base.subject}: something changed since the plan was shown; nothing was done.",
            why=f"The plan was made against version {base.base_serial} of the state; it is version {now[1]} now."
            if now[1] != base.base_serial
            else "The profile, its tier or its place is another one now.",
            next=f"Plan again: `tenant plan {base.subject}`.",
        )


def _begin(writer: Writer, wanted: Desired) -> Record:
    bundle = writer.bundle
    desired.check_shared(bundle, wanted.blueprint.region, wanted.facts.cell)
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


def _finish(writer: Writer, record: Record, run: Run) -> Record:
    since = record.active_since or writer.bundle.clock.now()
    outputs = dict(run.outputs)
    return writer.save(
        replace(record, status=Status.ACTIVE, applied=record.blueprint, outputs=outputs, failure="", active_since=since)
    )
