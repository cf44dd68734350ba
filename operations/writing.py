"""A recorded run: under a lease, with its beginning and its end in the registry whatever happens between."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from engine.runs import Failure, Outcome, Run
from operations.bundle import Bundle, Rights
from operations.leases import holder
from operations.leases.holder import Held
from operations.registry.model import Record, RunKind, RunRecord, Status
from operations.reports import RunFailed
from stacks import plural
from stacks.errors import Interrupted, LeaseHeld
from stacks.inputs.shared_services import SharedData

if TYPE_CHECKING:
    from engine.workspaces import Workspaces

Work: TypeAlias = Callable[["Workspaces"], Run]


@dataclass(frozen=True, slots=True)
class Writer:
    """The only one who may write to this subject now."""

    bundle: Bundle
    held: Held
    workspaces: Workspaces

    def claim(self, record: Record) -> Record:
        """Occupy a new incarnation's place. Raises FactsTaken."""
        claimed = replace(record, token=self.held.token)
        self.held.fence()
        self.bundle.registry.claim(claimed, self._room)
        return claimed

    def save(self, record: Record) -> Record:
        """Write the record with our token and the time. Raises LeaseLost, and FactsTaken for what others have."""
        saved = replace(record, token=self.held.token, updated_at=self.bundle.clock.now())
        self.held.fence()
        self.bundle.registry.save(saved, self._room)
        return saved

    @property
    def _room(self) -> SharedData | None:
        """What the environment lets tenants share."""
        return self.bundle.environment.shared.data

    def run(self, record: Record, kind: RunKind, work: Work, again: str, plan: str = "") -> tuple[Record, Run]:
        """Do the work, writing down that it began and how it ended. The record must be saved already.

        Raises RunFailed or Interrupted when it did not go well; `again` is the command that goes on, `plan` the saved
        plan that is applied.
        """
        begun = RunRecord(
            id=self.bundle.ids.run(),
            environment=record.environment,
            subject=record.subject,
            incarnation=record.incarnation,
            kind=kind,
            started=self.bundle.clock.now(),
            plan=plan,
        )
        self.bundle.registry.begin(begun)
        try:
            done = work(self.workspaces)
        except LeaseHeld as error:
            self._end(begun, "lost", str(error))
            raise  # the record is not ours any more
        except BaseException as error:
            self._broke_off(record, begun, error)
            raise
        return self._ended(record, begun, done, again), done

    def _broke_off(self, record: Record, begun: RunRecord, error: BaseException) -> None:
        interrupted = isinstance(error, KeyboardInterrupt | Interrupted)
        why = "interrupted" if interrupted else str(error) or type(error).__name__
        self._end(begun, (Outcome.INTERRUPTED if interrupted else Outcome.FAILED).value, why)
        self.save(replace(record, status=_failed(record), failure=why))

    def _ended(self, record: Record, begun: RunRecord, done: Run, again: str) -> Record:
        why = _why(done)
        over = replace(begun, summary=done.summary())
        self._end(over, done.outcome.value, why)
        if done.outcome is Outcome.SUCCEEDED:
            return record
        outputs = dict(done.outputs) or record.outputs
        self.save(replace(record, status=_failed(record), failure=why, outputs=outputs))
        next_step = f"What was done is recorded; the same command goes on: `{again}`."
        if done.outcome is Outcome.INTERRUPTED:
            raise Interrupted(
                f"{record.subject}: interrupted; the steps that were running are finished.", next=next_step
            )
        raise RunFailed(f"{record.subject}: {_count(done)} failed.", done, why=why, next=next_step)

    def _end(self, begun: RunRecord, outcome: str, error: str) -> None:
        over = replace(begun, ended=self.bundle.clock.now(), outcome=outcome, error=error)
        self.bundle.registry.end(over)


@contextmanager
def writing(bundle: Bundle, subject: str) -> Generator[Writer, None, None]:
    """Hold the subject's lease for the block. Raises LeaseHeld, and CloudUnreachable before the lease is taken."""
    bundle.open(Rights())
    name = f"{bundle.environment.name}/{subject}"
    with holder.hold(bundle.leases, name, bundle.owner, bundle.timing, bundle.clock) as held:
        yield Writer(bundle, held, bundle.open(Rights(held.fence)))


def _failed(record: Record) -> Status:
    """What is destroyed stays so when its purge fails: its place may be someone else's by now."""
    return Status.DESTROYED if record.status is Status.DESTROYED else Status.FAILED


def _why(done: Run) -> str:
    if done.outcome is Outcome.INTERRUPTED and not done.failures:
        return "interrupted"
    return "\n".join(_told(failure) for failure in done.failures)


def _told(failure: Failure) -> str:
    """The message, with the resource before it unless it names that itself."""
    name = failure.urn.rpartition("::")[2]
    return failure.message if not name or name in failure.message else f"{_name(failure.urn)}: {failure.message}"


def _name(urn: str) -> str:
    """`database (aws:rds/instance:Instance)` of `urn:pulumi:stack::project::parent$type::name`."""
    parts = urn.split("::")
    return f"{parts[-1]} ({parts[-2].rpartition('$')[2]})" if len(parts) >= 4 else urn


def _count(done: Run) -> str:
    failed = len({f.urn for f in done.failures if f.urn})
    return plural.count(failed, "resource") if failed else "the run"
