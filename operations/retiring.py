"""The way out of a stack, step by step, resumable at each: retire, archive, purge.

    retiring    everything stays, protection is lifted, the final snapshot gets its name
    archiving   all but what the snapshot needs to be read (key, buckets) is deleted, its keys in a shared cache too
    purging     the rest is deleted: what it has in things that others share, snapshots, and the key last

Each step is written down before it begins. Going back a step would make again what is deleted already.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.runs import Listener, Outcome, Run
from operations import erasing, programs, prospects
from operations.registry.model import Destruction, Record, RunKind, Status, Step
from operations.reports import RunFailed
from operations.writing import Writer
from stacks.blueprint.phase import ARCHIVED, PURGING, Phase, retiring
from stacks.errors import CloudFailed

if TYPE_CHECKING:
    from engine.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Exit:
    """One stack's way out: who writes, who listens, and the command that goes on after a failure."""

    writer: Writer
    listen: Listener
    again: str

    def archive(self, record: Record) -> Record:
        """Retire and archive, from whatever step was reached."""
        if record.destruction is None:
            destruction = Destruction(self.writer.bundle.ids.run(), Step.RETIRING)
            record = replace(record, destruction=destruction, status=Status.DESTROYING, failure="")
        record = self.writer.save(replace(record, status=Status.DESTROYING))
        if not _protected(self.writer.workspaces, record):
            return self._drop(record)
        if _step(record) is Step.RETIRING:
            assert record.destruction is not None
            self._apply(record, retiring(record.destruction.run_id), forgiven=True)
            record = self.writer.save(_at(record, Step.ARCHIVING))
        if _step(record) is Step.ARCHIVING:
            run = self._apply(record, ARCHIVED)
            self._check_archived(record, run)
            self._sweep(record)
            done = _at(replace(record, status=Status.DESTROYED, failure=""), Step.ARCHIVED)
            record = self.writer.save(replace(done, outputs=dict(run.outputs)))
        return record

    def _sweep(self, record: Record) -> None:
        try:
            erasing.sweep(self.writer.bundle, record, self.writer.held.fence)
        except CloudFailed as failed:
            self.writer.save(replace(record, status=Status.FAILED, failure=failed.what))
            raise

    def purge(self, record: Record) -> Record:
        """Delete what an archived stack keeps."""
        if record.purged:
            return record
        record = self.writer.save(_at(record, Step.PURGING))
        erasing.erase(self.writer.bundle, record, self.writer.held.fence)
        if self.writer.workspaces.resources(record.stack):
            self._apply(record, PURGING, RunKind.PURGE)
        self.writer.held.fence()
        bundle = self.writer.bundle
        bundle.snapshots.delete(prospects.snapshots(bundle, record), record.region)
        return self._drop(record)

    def _drop(self, record: Record) -> Record:
        """Delete what the stack still holds, and the stack."""
        if self.writer.workspaces.exists(record.stack):
            program = programs.of(self.writer.bundle, record, PURGING)

            def work(workspaces: Workspaces) -> Run:
                return workspaces.destroy(record.stack, program, self.listen)

            self.writer.run(record, RunKind.PURGE, work, self.again)
            self.writer.held.fence()
            self.writer.bundle.endings.note(record)
            self.writer.workspaces.remove(record.stack)
        gone = replace(record, status=Status.DESTROYED, failure="", outputs={})
        return self.writer.save(_at(gone, Step.PURGED))

    def _apply(self, record: Record, phase: Phase, kind: RunKind = RunKind.DESTROY, *, forgiven: bool = False) -> Run:
        program = programs.of(self.writer.bundle, record, phase)

        def work(workspaces: Workspaces) -> Run:
            there = {str(row["urn"]) for row in workspaces.resources(record.stack)}
            # after a failure it looks at the cloud first: what was lost meanwhile can't be changed, nor be kept
            run = workspaces.apply(record.stack, program, self.listen, refresh=bool(record.failure))
            # what is protected still would never be archived, and there is no way back to this step
            shut = prospects.protects_services(workspaces.resources(record.stack))
            return forgiving(run, there) if forgiven and not shut else run

        return self.writer.run(record, kind, work, self.again)[1]

    def _check_archived(self, record: Record, run: Run) -> None:
        """Nothing is called destroyed, and no address is free again, while a service of it stands."""
        if prospects.holds_services(self.writer.workspaces.resources(record.stack)):
            why = "The run ended and services of the stack are still there."
            self.writer.save(replace(record, status=Status.FAILED, failure=why))
            raise RunFailed(f"{record.subject}: not destroyed.", run, why=why, next=f"Go on: `{self.again}`.")


def forgiving(run: Run, there: AbstractSet[str]) -> Run:
    """The run, called a success where it failed only to make what was not there.

    A tenant whose creation failed has to be retired too: that what failed then fails again must not stand in the way.
    Only there: after a failure an engine deletes nothing, so an archiving that failed has not archived.
    """
    failed = {failure.urn for failure in run.failures if failure.urn}
    if run.outcome is Outcome.FAILED and failed and not failed & there:
        return replace(run, outcome=Outcome.SUCCEEDED)
    return run


def _protected(workspaces: Workspaces, record: Record) -> bool:
    """Whether the stack holds anything that keeps data; an attempt that came to nothing is just deleted."""
    return any(row.get("protect") for row in workspaces.resources(record.stack)) or _step(record) is Step.ARCHIVING


def _step(record: Record) -> Step:
    assert record.destruction is not None
    return record.destruction.step


def _at(record: Record, step: Step) -> Record:
    assert record.destruction is not None
    return replace(record, destruction=replace(record.destruction, step=step))
