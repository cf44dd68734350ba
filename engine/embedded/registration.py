"""Registering what a program declares: check, diff, decide, do.

Each registration runs on the thread of its RPC: the SDK sends it once everything it needs is known, so that
independent resources run together and no scheduler is needed; `Context.mutate` bounds how many calls are under way.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from typing import Any

from engine.embedded import intents, steps, urns, values
from engine.embedded.actions import Actions, FailedError, Work, aged
from engine.embedded.context import Context, HalfwayError, StoppedError, defect
from engine.embedded.goals import Goal, row_of
from engine.embedded.provider_rows import ProviderRows
from engine.embedded.snapshot import Row
from engine.embedded.steps import Action
from engine.providers.port import (
    Configured,
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


class Registrar:
    """Registers resources of one run."""

    def __init__(self, context: Context, provider_rows: ProviderRows, doubted: frozenset[str] = frozenset()) -> None:
        """`doubted`: URNs with a pending operation that could not be told; they are left alone."""
        self._context, self._provider_rows, self._doubted = context, provider_rows, doubted
        self._seen: set[str] = set()
        self._component_ops: dict[str, str] = {}
        self._actions = Actions(context, lambda: self.seen)
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
        except (FailedError, ProviderError, HalfwayError, ValueError) as error:
            self._context.fail(urn, str(error))
            return Registered(urn, ok=False)
        except Exception as error:  # noqa: BLE001 - a defect fails its resource; an intent that is open stays open
            self._context.fail(urn, f"{goal.type} {goal.name}: {defect(error)}")
            return Registered(urn, ok=False)

    def _claim(self, urn: str, goal: Goal) -> None:
        with self._lock:
            if urn in self._seen:
                raise FailedError(f"{goal.type} {goal.name}: declared twice ({urn})")
            self._seen.add(urn)
        if urn in self._doubted:
            raise FailedError(
                f"{goal.type} {goal.name}: an interrupted call may have been accepted and it could not be told; "
                "see the warning above"
            )
        if self._context.journal.old(urn) is None:
            for alias in goal.aliases:
                if self._context.journal.old(alias) is not None:
                    raise FailedError(f"{goal.type} {goal.name}: aliases are not supported, and {alias} would be one")

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
        row = aged(row, old)
        self._context.started("read", row, old, row)
        self._context.journal.settle(row, was=old)
        self._context.ended("read", row, old, row)

    # ---- components

    def _component(self, urn: str, goal: Goal) -> Registered:
        old = self._context.journal.old(urn)
        row = row_of(urn, goal, goal.inputs, provider="")
        row = aged(replace(row, outputs=old.outputs if old else {}), old)
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
        fresh = aged(replace(row, outputs=known), row)
        self._context.journal.replace_settled(row, fresh)
        self._context.ended(self._component_ops.get(urn, "same"), fresh, row, fresh)

    # ---- custom resources

    def _custom(self, urn: str, goal: Goal) -> Registered:
        provider_row = self._provider_rows.serving(goal.provider, goal.type, goal.version)
        provider = self._context.plugins.instance(provider_row)
        reference = urns.reference(provider_row.urn, provider_row.id)
        old = self._context.journal.old(urn)
        if urn in self._context.options.exclude:
            return self._left_alone(goal, old)
        work = self._decided(urn, goal, provider, reference, old)
        if work.decision.refusal:
            raise FailedError(work.decision.refusal)
        done = self._actions.do(work)
        return Registered(urn, done.id, done.outputs)

    def _left_alone(self, goal: Goal, old: Row | None) -> Registered:
        if old is None:
            raise FailedError(f"{goal.type} {goal.name}: excluded from this run, and not there")
        self._context.leave(old)
        return Registered(old.urn, old.id, old.outputs)

    def _decided(self, urn: str, goal: Goal, provider: Configured, reference: str, old: Row | None) -> Work:
        asked = steps.with_ignored(goal.inputs, old.inputs if old else None, goal.ignore_changes)
        known = old if old is not None and not old.external and not old.pending_replacement else None
        if known is not None and known.init_errors:
            known = self._as_it_is(provider, known)
        inputs = self._checked(urn, goal, provider, values.plain(known.inputs) if known else None, asked)
        diff = Diff()
        resource = intents.resource(row_of(urn, goal, {}, reference))
        if known is not None:
            old_inputs, old_outputs = values.plain(known.inputs), values.plain(known.outputs)
            diff = provider.diff(resource, known.id, old_inputs, old_outputs, values.plain(inputs))
            diff = _with_new_provider(diff, known, reference)
        decision = steps.decide(
            known or _to_be_made(old), goal, diff, holds_data=self._context.plugins.holds_data(goal.type)
        )
        if decision.action in (Action.REPLACE, Action.DELETE_THEN_CREATE) and not decision.refusal:
            inputs = self._checked(urn, goal, provider, None, asked)
        return Work(goal, provider, old, known, row_of(urn, goal, inputs, reference), decision)

    def _as_it_is(self, provider: Configured, row: Row) -> Row | None:
        """An unfinished resource as it is now: what it was asked to be says nothing of what was done. None: gone."""
        inputs, outputs = values.plain(row.inputs), values.plain(row.outputs)
        found = provider.read(intents.resource(row), row.id, inputs, outputs)
        return None if found is None else replace(intents.observed(row, found), init_errors=row.init_errors)

    def _checked(self, urn: str, goal: Goal, provider: Configured, olds: Props | None, asked: Props) -> Props:
        resource = intents.resource(row_of(urn, goal, {}, ""))
        checked = provider.check(resource, olds, values.plain(asked), os.urandom(32))
        if checked.failures:
            reasons = "; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures)
            raise FailedError(f"{goal.type} {goal.name}: {reasons}")
        marked: Props = values.as_marked(checked.inputs, asked)
        return values.conceal(marked, asked)


def _to_be_made(old: Row | None) -> Row | None:
    """The old row where it makes the resource one to create; nothing where an unfinished one has gone."""
    return old if old is not None and (old.external or old.pending_replacement) else None


def _known(value: Any) -> bool:
    return not values.has_unknown(value)


def _with_new_provider(diff: Diff, old: Row, reference: str) -> Diff:
    # another instance under the same URN means that its provider was replaced: region or account changed
    was, now = urns.split_reference(old.provider), urns.split_reference(reference)
    if was[0] == now[0] and was[1] != now[1]:
        return Diff((*diff.changes, steps.PROVIDER_REPLACED), diff.delete_before_replace)
    return diff
