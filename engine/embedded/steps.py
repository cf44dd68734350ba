"""What is to be done to each resource: (old row, goal, diff) -> decision. Pure.

The behaviours are the official engine's, written down by watching it; the one addition is that what holds data is
never replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from engine.embedded import paths
from engine.embedded.goals import Goal
from engine.embedded.snapshot import Row
from engine.providers.port import ChangeKind, Diff, PropertyChange, Props

PROVIDER_REPLACED: Final = PropertyChange("provider", ChangeKind.UPDATE, replace=True)


class Action(StrEnum):
    """What is to be done to one resource."""

    CREATE = "create"
    SAME = "same"
    UPDATE = "update"
    REPLACE = "replace"  # create the new one, update dependents, delete the old one last
    DELETE_THEN_CREATE = "delete-then-create"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and the difference that led to it; `refusal` says why it may not be done."""

    action: Action
    diff: Diff = Diff()
    refusal: str = ""


def decide(old: Row | None, goal: Goal, diff: Diff, *, holds_data: bool) -> Decision:
    """The action for a goal, given the row it had. `diff` is empty where there is no such row."""
    if old is None or old.pending_replacement or old.external:
        return Decision(Action.CREATE)
    diff = _with_replace_on_changes(diff, goal.replace_on_changes)
    if diff.replaces:
        before = diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
        action = Action.DELETE_THEN_CREATE if before else Action.REPLACE
        return Decision(action, diff, _replacement_refusal(old, diff, holds_data))
    if diff.changes or old.init_errors:
        return Decision(Action.UPDATE, diff)
    return Decision(Action.SAME)


def _with_replace_on_changes(diff: Diff, patterns: Sequence[str]) -> Diff:
    parsed = [paths.parse(pattern) for pattern in patterns]
    changes = tuple(
        replace(change, replace=change.replace or any(paths.covers(p, paths.parse(change.path)) for p in parsed))
        for change in diff.changes
    )
    return replace(diff, changes=changes)


def _replacement_refusal(old: Row, diff: Diff, holds_data: bool) -> str:
    causes = ", ".join(change.path for change in diff.changes if change.replace)
    if holds_data:
        return (
            f"{old.type} {old.name} holds data and is never replaced; a change of {causes} would do that. "
            "Undo that change, or move the data to a new resource first."
        )
    if old.protect:
        return f"{old.type} {old.name} is protected and a change of {causes} would replace it. Lift `protect` first."
    return ""


def with_ignored(news: Props, olds: Props | None, ignore: Iterable[str]) -> Props:
    """`news` with the old value at every ignored path; a create has nothing to keep."""
    if olds is None:
        return news
    for path in ignore:
        news = paths.keep_old(news, olds, paths.parse(path))
    return news


def dependents(rows: Sequence[Row], root: str) -> tuple[Row, ...]:
    """Rows that need `root`, directly or through others, in state order."""
    reached = {root}
    found: list[Row] = []
    for row in rows:
        if row.urn != root and not row.delete and reached.intersection(row.needs()):
            reached.add(row.urn)
            found.append(row)
    return tuple(found)


def swept_along(
    rows: Sequence[Row], root: str, would_replace: Callable[[Row, frozenset[str]], bool]
) -> tuple[Row, ...]:
    """Dependents that must be deleted before `root` is: those that its new outputs would replace, and theirs.

    `would_replace(row, changed)` asks what unknown values for the outputs of `changed` would do to a row.
    """
    changed = {root}
    swept: list[Row] = []
    for row in dependents(rows, root):
        direct = changed.intersection(row.needs())
        if direct and (not row.custom or would_replace(row, frozenset(direct))):
            if row.custom:
                swept.append(row)
            changed.add(row.urn)
    return tuple(swept)


def deletion_waits(doomed: Sequence[Row]) -> Mapping[int, frozenset[int]]:
    """For each doomed row (by position in `doomed`) the positions of those that must be gone before it.

    A row waits for all that needs it: children before parents, dependents before what they depend on. A row that
    only waits for its deletion is needed by nobody who names its URN, unless they wait for deletion too.
    """
    by_urn: dict[str, list[int]] = {}
    for position, row in enumerate(doomed):
        by_urn.setdefault(row.urn, []).append(position)
    waits: dict[int, set[int]] = {position: set() for position in range(len(doomed))}
    for position, row in enumerate(doomed):
        for urn in row.needs():
            for needed in by_urn.get(urn, ()):
                if needed != position and position not in by_urn[urn]:
                    waits[needed].add(position)
    return {position: frozenset(before) for position, before in waits.items()}


def kept_by_failure(doomed: Sequence[Row], kept: Row) -> frozenset[str]:
    """URNs that must stay because `kept` stays: everything it needs, directly or not."""
    by_urn = {row.urn: row for row in doomed}
    staying: set[str] = set()
    waiting = list(kept.needs())
    while waiting:
        urn = waiting.pop()
        if urn not in staying:
            staying.add(urn)
            waiting.extend(by_urn[urn].needs() if urn in by_urn else ())
    return frozenset(staying)
