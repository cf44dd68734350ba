"""Registering what a program declares: check, diff, decide, do.

Each registration runs on the thread of its RPC: the SDK sends it once everything it needs is known, so that
independent resources run together and no scheduler is needed; `Context.mutate` bounds how many calls are under way.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.embedded import intents, steps, urns, values
from engine.embedded.context import Context, HalfwayError, StoppedError
from engine.embedded.goals import Goal
from engine.embedded.provider_rows import ProviderRows
from engine.embedded.snapshot import Row
from engine.embedded.steps import Action, Decision
from engine.providers.port import (
    UNKNOWN,
    AnswerLost,
    Configured,
    Created,
    Diff,
    Props,
    ProviderError,
)


@dataclass(frozen=True, slots=True)
class Registered:
    """The answer to a registration. `ok` false: its outputs are not known and what needs it is skipped."""

    urn: str
    id: str = ""
    outputs: Props | None = None
    ok: bool = True


class _FailedError(Exception):
    """This resource cannot be registered; the message is for people."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One custom resource on its way: who serves it, what it was, what it is to be."""

    goal: Goal
    urn: str
    provider: Configured
    old: Row | None
    row: Row  # the new row, with inputs and options, without id and outputs
    decision: Decision


class Registrar:
    """Registers resources of one run."""

    def __init__(self, context: Context, provider_rows: ProviderRows, doubted: frozenset[str] = frozenset()) -> None:
        """`doubted`: URNs with a pending operation that could not be told; they are left alone."""
        self._context, self._provider_rows, self._doubted = context, provider_rows, doubted
        self._seen: set[str] = set()
        self._component_ops: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def seen(self) -> frozenset[str]:
        """URNs that the program has declared so far."""
        return frozenset(self._seen)

    def register(self, goal: Goal) -> Registered:
        """Make one resource so. Failures are said and remembered, not raised."""
        name = self._context.name
        urn = urns.make(name.stack, name.project, goal.parent, goal.type, goal.name)
        try:
            self._claim(urn, goal)
            if self._is_skipped(goal):
                self._context.failed.setdefault(urn, "")
                return Registered(urn, ok=False)
            goal = self._with_inherited(goal)
            if urns.is_provider(goal.type):
                row = self._provider_rows.explicit(urn, goal)
                return Registered(urn, row.id, row.outputs)
            if not goal.custom:
                return self._component(urn, goal)
            return self._custom(urn, goal)
        except StoppedError:
            self._context.failed.setdefault(urn, "")
            return Registered(urn, ok=False)
        except (_FailedError, ProviderError, HalfwayError, ValueError) as error:
            self._context.fail(urn, str(error))
            return Registered(urn, ok=False)

    def _claim(self, urn: str, goal: Goal) -> None:
        with self._lock:
            if urn in self._seen:
                raise _FailedError(f"{goal.type} {goal.name}: declared twice ({urn})")
            self._seen.add(urn)
        if urn in self._doubted:
            raise _FailedError(
                f"{goal.type} {goal.name}: an interrupted call may have been accepted and it could not be told; "
                "see the warning above"
            )
        if self._context.journal.old(urn) is None:
            for alias in goal.aliases:
                if self._context.journal.old(alias) is not None:
                    raise _FailedError(f"{goal.type} {goal.name}: aliases are not supported, and {alias} would be one")

    def _is_skipped(self, goal: Goal) -> bool:
        if self._context.halted():
            return True
        needed = {*goal.dependencies, goal.parent, goal.deleted_with}
        needed.update(urn for several in goal.property_dependencies.values() for urn in several)
        if goal.provider:
            needed.add(urns.split_reference(goal.provider)[0])
        if needed.intersection(self._context.failed):
            return True
        return not self._context.options.dry_run and values.has_unknown(goal.inputs)

    def _with_inherited(self, goal: Goal) -> Goal:
        parent = self._context.journal.live(goal.parent) if goal.parent else None
        return replace(
            goal,
            protect=parent is not None and parent.protect if goal.protect is None else goal.protect,
            retain_on_delete=parent is not None and parent.retain_on_delete
            if goal.retain_on_delete is None
            else goal.retain_on_delete,
        )

    def read(self, row: Row, old: Row | None) -> None:
        """Record what the program reads and somebody else owns."""
        with self._lock:
            self._seen.add(row.urn)
        row = _aged(row, old)
        self._context.started("read", row, old, row)
        self._context.journal.settle(row, was=old)
        self._context.ended("read", row, old, row)

    # ---- components

    def _component(self, urn: str, goal: Goal) -> Registered:
        old = self._context.journal.old(urn)
        row = row_of(urn, goal, goal.inputs, provider="")
        row = _aged(replace(row, outputs=old.outputs if old else {}), old)
        op = "create" if old is None else "same" if old.inputs == row.inputs else "update"
        self._context.started(op, row, old, row)
        self._context.journal.settle(row, was=old)
        self._context.count(op)
        self._component_ops[urn] = op
        return Registered(urn, outputs=goal.inputs)

    def outputs(self, urn: str, outputs: Props) -> None:
        """Record a component's outputs. After failures the stack's new outputs are laid over its old ones."""
        row = self._context.journal.live(urn)
        if row is None:
            return
        known = {name: value for name, value in outputs.items() if self._context.options.dry_run or _known(value)}
        if self._context.failed and row.type == urns.STACK_TYPE:
            known = {**row.outputs, **known}
        fresh = _aged(replace(row, outputs=known), row)
        self._context.journal.replace_settled(row, fresh)
        self._context.ended(self._component_ops.get(urn, "same"), fresh, row, fresh)

    # ---- custom resources

    def _custom(self, urn: str, goal: Goal) -> Registered:
        provider_row = self._provider_rows.serving(goal.provider, goal.type, goal.version)
        provider = self._context.plugins.instance(provider_row)
        reference = urns.reference(provider_row.urn, provider_row.id)
        old = self._context.journal.old(urn)
        work = self._decided(urn, goal, provider, reference, old)
        if work.decision.refusal:
            raise _FailedError(work.decision.refusal)
        done = _ACTIONS[work.decision.action](self, work)
        return Registered(urn, done.id, done.outputs)

    def _decided(self, urn: str, goal: Goal, provider: Configured, reference: str, old: Row | None) -> _Work:
        asked = steps.with_ignored(goal.inputs, old.inputs if old else None, goal.ignore_changes)
        known = old if old is not None and not old.external and not old.pending_replacement else None
        inputs = self._checked(urn, goal, provider, values.plain(known.inputs) if known else None, asked)
        diff = Diff()
        resource = intents.resource(row_of(urn, goal, {}, reference))
        if known is not None:
            old_inputs, old_outputs = values.plain(known.inputs), values.plain(known.outputs)
            diff = provider.diff(resource, known.id, old_inputs, old_outputs, values.plain(inputs))
            diff = _with_new_provider(diff, known, reference)
        decision = steps.decide(old, goal, diff, holds_data=self._context.plugins.holds_data(goal.type))
        if decision.action in (Action.REPLACE, Action.DELETE_THEN_CREATE) and not decision.refusal:
            inputs = self._checked(urn, goal, provider, None, asked)
        return _Work(goal, urn, provider, old, row_of(urn, goal, inputs, reference), decision)

    def _checked(self, urn: str, goal: Goal, provider: Configured, olds: Props | None, asked: Props) -> Props:
        resource = intents.resource(row_of(urn, goal, {}, ""))
        checked = provider.check(resource, olds, values.plain(asked), os.urandom(32))
        if checked.failures:
            reasons = "; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures)
            raise _FailedError(f"{goal.type} {goal.name}: {reasons}")
        marked: Props = values.as_marked(checked.inputs, asked)
        return values.conceal(marked, asked)

    def _same(self, work: _Work) -> Row:
        old = _present(work.old)
        outputs = values.conceal(old.outputs, work.row.inputs, work.goal.additional_secret_outputs)
        row = _aged(replace(work.row, id=old.id, outputs=outputs), old)
        self._context.started("same", row, old, row)
        self._context.journal.settle(row, was=old)
        self._context.count("same")
        self._context.ended("same", row, old, row)
        return row

    def _create(self, work: _Work) -> Row:
        return self._make(work, "create", lambda row, pending: self._settle_new(work, row, pending))

    def _settle_new(self, work: _Work, row: Row, pending: Any) -> None:
        self._context.journal.settle(row, was=work.old, pending=pending)

    def _update(self, work: _Work) -> Row:
        old = _present(work.old)
        resource, news = intents.resource(work.row), values.plain(work.row.inputs)
        olds = (values.plain(old.inputs), values.plain(old.outputs))
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
        row = _aged(replace(work.row, id=old.id, outputs=self._concealed(work, outputs)), old)
        self._context.journal.settle(row, was=old, pending=pending)
        self._context.count("update")
        self._context.ended("update", row, old, row, work.decision.diff)
        return row

    def _replace(self, work: _Work) -> Row:
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

    def _delete_then_create(self, work: _Work) -> Row:
        old = _present(work.old)
        victims = [
            row
            for row in steps.swept_along(self._context.journal.current().rows, old.urn, self._would_replace)
            if row.urn not in self._seen
        ]
        for row in (*victims, old):
            if row.protect:
                raise _FailedError(
                    f"{row.type} {row.name} is protected and replacing {old.type} {old.name} would delete it. "
                    "Lift `protect` first."
                )
        for row in (*reversed(victims), old):
            self._delete_for_replacement(row)
        self._context.started("replace", work.row, old, work.row, work.decision.diff)
        placeholder = self._context.journal.old(work.urn)
        row = self._make(
            work,
            "create-replacement",
            lambda row, pending: self._context.journal.settle(row, was=placeholder, pending=pending),
        )
        self._context.ended("replace", row, old, row, work.decision.diff)
        self._context.count("replace")
        return row

    def _delete_for_replacement(self, row: Row) -> None:
        """Delete the resource and keep its row as a mark that a replacement is owed."""
        self._context.started("delete-replaced", row, row, None)
        if not self._context.options.dry_run and not row.pending_replacement:
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

    def _make(self, work: _Work, op: str, record: Callable[[Row, Any], None]) -> Row:
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
                raise _FailedError(f"{work.row.type} {work.row.name}: " + "; ".join(created.reasons))
        if op == "create":
            self._context.count(op)
        self._context.ended(op, row, None, row)
        return row

    def _created(self, work: _Work, created: Created) -> Row:
        stamp = intents.now()
        outputs = self._concealed(work, created.outputs)
        return replace(
            work.row, id=created.id, outputs=outputs, init_errors=created.reasons, created=stamp, modified=stamp
        )

    def _sent(
        self,
        work: _Work,
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
                self._context.journal.settle(made, was=work.old, pending=halfway.pending)
            self._context.broke(verb, row, work.old, row)
            raise _FailedError(f"{row.type} {row.name}: half done, the next run goes on: {error}") from error
        except AnswerLost as error:
            self._context.broke(verb, row, work.old, row)
            raise _FailedError(
                f"{row.type} {row.name}: {error} It may have been accepted: the next run looks before it repeats."
            ) from error
        except ProviderError as error:
            self._context.broke(verb, row, work.old, row)
            raise _FailedError(f"{row.type} {row.name}: {error}") from error

    def _concealed(self, work: _Work, outputs: Props) -> Props:
        return values.conceal(outputs, work.row.inputs, work.goal.additional_secret_outputs)


_ACTIONS: dict[Action, Callable[[Registrar, _Work], Row]] = {
    Action.CREATE: Registrar._create,  # pyright: ignore[reportPrivateUsage] - the table belongs to the class
    Action.SAME: Registrar._same,  # pyright: ignore[reportPrivateUsage]
    Action.UPDATE: Registrar._update,  # pyright: ignore[reportPrivateUsage]
    Action.REPLACE: Registrar._replace,  # pyright: ignore[reportPrivateUsage]
    Action.DELETE_THEN_CREATE: Registrar._delete_then_create,  # pyright: ignore[reportPrivateUsage]
}


def row_of(urn: str, goal: Goal, inputs: Props, provider: str) -> Row:
    """The row that a goal asks for, without id, outputs and times."""
    return Row(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=inputs,
        parent=goal.parent,
        provider=provider,
        dependencies=goal.dependencies,
        property_dependencies=goal.property_dependencies,
        protect=bool(goal.protect),
        retain_on_delete=bool(goal.retain_on_delete),
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.custom_timeouts,
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        deleted_with=goal.deleted_with,
    )


def _aged(row: Row, old: Row | None) -> Row:
    """The row with its times; the very old row where nothing about it changed."""
    if old is None:
        stamp = intents.now()
        return replace(row, created=stamp, modified=stamp)
    dated = replace(row, created=old.created, modified=old.modified, extra=old.extra)
    return old if dated == old else replace(dated, modified=intents.now())


def _present(old: Row | None) -> Row:
    assert old is not None, "only a resource that exists is updated, kept or replaced"
    return old


def _known(value: Any) -> bool:
    return not values.has_unknown(value)


def _with_new_provider(diff: Diff, old: Row, reference: str) -> Diff:
    # another instance under the same URN means that its provider was replaced: region or account changed
    was, now = urns.split_reference(old.provider), urns.split_reference(reference)
    if was[0] == now[0] and was[1] != now[1]:
        return Diff((*diff.changes, steps.PROVIDER_REPLACED), diff.delete_before_replace)
    return diff
