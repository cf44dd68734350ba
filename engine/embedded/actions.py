"""Doing what was decided for one custom resource: same, create, update, replace both ways.

Whatever happens is in the journal: the intent before a call, the outcome after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.embedded import deletion, intents, stamps, steps, values
from engine.embedded.context import Context, HalfwayError
from engine.embedded.goals import Goal
from engine.embedded.snapshot import Row
from engine.embedded.steps import Action, Decision
from engine.providers.port import UNKNOWN, AnswerLost, Configured, Created, Props, ProviderError


class FailedError(Exception):
    """This resource cannot be made so; the message is for people."""


@dataclass(frozen=True, slots=True)
class Work:
    """One custom resource on its way: who serves it, what it was, what it is to be.

    `row` is the new row with inputs and options, without id and outputs. `basis` is what is there to start from: the
    old row, as it was found live where it had been left unfinished.
    """

    goal: Goal
    provider: Configured
    old: Row | None
    basis: Row | None
    row: Row
    decision: Decision


class Actions:
    """Carries out decisions of one run. `declared`: URNs that the program has declared so far."""

    def __init__(self, context: Context, declared: Callable[[], frozenset[str]]) -> None:
        self._context, self._declared = context, declared

    def do(self, work: Work) -> Row:
        """Make it so; the settled row. Raises FailedError, StoppedError."""
        action: Callable[[Work], Row] = {
            Action.SAME: self._same,
            Action.CREATE: self._create,
            Action.UPDATE: self._update,
            Action.REPLACE: self._replace,
            Action.DELETE_THEN_CREATE: self._delete_then_create,
        }[work.decision.action]
        return action(work)

    def _same(self, work: Work) -> Row:
        old = _present(work.old)
        outputs = values.conceal(old.outputs, work.row.inputs, work.goal.additional_secret_outputs)
        row = aged(replace(work.row, id=old.id, outputs=outputs), old)
        self._context.started("same", row, old, row)
        self._context.journal.settle(row, was=old)
        self._context.count("same")
        self._context.ended("same", row, old, row)
        return row

    def _create(self, work: Work) -> Row:
        return self._make(work, "create", lambda row, pending: self._settle_new(work, row, pending))

    def _settle_new(self, work: Work, row: Row, pending: Any) -> None:
        self._context.journal.settle(row, was=work.old, pending=pending)

    def _update(self, work: Work) -> Row:
        old = _present(work.old)
        resource, news = intents.resource(work.row), values.plain(work.row.inputs)
        basis = _present(work.basis)
        olds = (values.plain(basis.inputs), values.plain(basis.outputs))
        self._context.started("update", work.row, old, replace(work.row, id=old.id), work.decision.diff)
        pending = None
        if self._context.options.dry_run:
            outputs = work.provider.preview(resource, news, olds[1])
        else:
            pending, outputs = self._sent(
                work,
                "updating",
                replace(work.row, id=old.id, outputs=old.outputs),
                lambda call: work.provider.update(resource, old.id, *olds, news, call),
            )
        row = aged(replace(work.row, id=old.id, outputs=self._concealed(work, outputs)), old)
        self._context.journal.settle(row, was=old, pending=pending)
        self._context.count("update")
        self._context.ended("update", row, old, row, work.decision.diff)
        return row

    def _replace(self, work: Work) -> Row:
        old, diff = _present(work.old), work.decision.diff
        self._context.started("replace", work.row, old, work.row, diff)
        row = self._make(
            work,
            "create-replacement",
            lambda row, pending: self._context.journal.supersede(old, row, pending),
        )
        self._context.ended("replace", row, old, row, diff)
        self._context.count("replace")
        return row

    def _delete_then_create(self, work: Work) -> Row:
        old = _present(work.old)
        victims = [
            row
            for row in steps.swept_along(self._context.journal.current().rows, old.urn, self._would_replace)
            if row.urn not in self._declared()
        ]
        for row in (*victims, old):
            if row.protect:
                raise FailedError(
                    f"{row.type} {row.name} is protected and replacing {old.type} {old.name} would delete it. "
                    "Lift `protect` first."
                )
        together = frozenset(row.urn for row in (*victims, old))
        for row in (*reversed(victims), old):
            self._delete_for_replacement(row, together)
        self._context.started("replace", work.row, old, work.row, work.decision.diff)
        placeholder = self._context.journal.old(work.row.urn)
        row = self._make(
            work,
            "create-replacement",
            lambda row, pending: self._context.journal.settle(row, was=placeholder, pending=pending),
        )
        self._context.ended("replace", row, old, row, work.decision.diff)
        self._context.count("replace")
        return row

    def _delete_for_replacement(self, row: Row, together: frozenset[str]) -> None:
        """Delete the resource and keep its row as a mark that a replacement is owed."""
        self._context.started("delete-replaced", row, row, None)
        if not self._context.options.dry_run and not deletion.needs_no_call(row, together):
            provider = self._context.configured(row)
            inputs, outputs = values.plain(row.inputs), values.plain(row.outputs)
            pending, _ = self._context.mutate(
                "deleting",
                row,
                lambda call: provider.delete(intents.resource(row), row.id, inputs, outputs, call),
                row.custom_timeouts.get("delete"),
            )
            self._context.journal.owe(row, pending)
        else:
            self._context.journal.mark(row, replace(row, pending_replacement=True))
        self._context.ended("delete-replaced", row, row, None)

    def _would_replace(self, row: Row, changed: frozenset[str]) -> bool:
        inputs: Props = values.plain(row.inputs)
        unsure: Props = {
            name: UNKNOWN if changed.intersection(row.property_dependencies.get(name, ())) else value
            for name, value in inputs.items()
        }
        if unsure == inputs:
            return False
        provider = self._context.configured(row)
        return provider.diff(intents.resource(row), row.id, inputs, values.plain(row.outputs), unsure).replaces

    def _make(self, work: Work, op: str, record: Callable[[Row, Any], None]) -> Row:
        """Create, under whichever name the step goes; `record` settles the row and closes the intent."""
        resource, news = intents.resource(work.row), values.plain(work.row.inputs)
        self._context.started(op, work.row, work.old if op != "create" else None, work.row, work.decision.diff)
        if self._context.options.dry_run:
            row = replace(work.row, outputs=self._concealed(work, work.provider.preview(resource, news, None)))
            record(row, None)
        else:
            pending, created = self._sent(
                work, "creating", work.row, lambda call: work.provider.create(resource, news, call), record
            )
            row = self._created(work, created)
            record(row, pending)
            if created.reasons:
                raise FailedError(f"{work.row.type} {work.row.name}: " + "; ".join(created.reasons))
        if op == "create":
            self._context.count(op)
        self._context.ended(op, row, None, row)
        return row

    def _created(self, work: Work, created: Created) -> Row:
        stamp = stamps.now()
        outputs = self._concealed(work, created.outputs)
        return replace(
            work.row, id=created.id, outputs=outputs, init_errors=created.reasons, created=stamp, modified=stamp
        )

    def _sent(
        self,
        work: Work,
        kind: str,
        row: Row,
        send: Callable[[Any], Any],
        record: Callable[[Row, Any], None] | None = None,
    ) -> Any:
        verb = "create" if kind == "creating" else "update"
        try:
            return self._context.mutate(kind, row, send, work.goal.custom_timeouts.get(verb))
        except HalfwayError as halfway:
            error = halfway.error
            made = self._created(work, Created(error.id, error.outputs, (str(error),)))
            if record is not None:
                record(made, halfway.pending)
            else:
                kept = replace(made, created=_present(work.old).created)
                self._context.journal.settle(kept, was=work.old, pending=halfway.pending)
            self._context.broke(verb, row, work.old, row)
            raise FailedError(f"{row.type} {row.name}: half done, the next run goes on: {error}") from error
        except AnswerLost as error:
            self._context.broke(verb, row, work.old, row)
            raise FailedError(f"{row.type} {row.name}: {error} The next run looks before it repeats.") from error
        except ProviderError as error:
            self._context.broke(verb, row, work.old, row)
            raise FailedError(f"{row.type} {row.name}: {error}") from error

    def _concealed(self, work: Work, outputs: Props) -> Props:
        return values.conceal(outputs, work.row.inputs, work.goal.additional_secret_outputs)


def aged(row: Row, old: Row | None) -> Row:
    """The row with its times; the very old row where nothing about it changed."""
    if old is None:
        stamp = stamps.now()
        return replace(row, created=stamp, modified=stamp)
    dated = replace(row, created=old.created, modified=old.modified, extra=old.extra)
    return old if dated == old else replace(dated, modified=stamps.now())


def _present(old: Row | None) -> Row:
    assert old is not None, "only a resource that exists is updated, kept or replaced"
    return old
