"""Every action that the tool needs, and what of the tool needs it: rows by their types, and what is not a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from engine.providers.aws import (
    billing,
    folders,
    inventory,
    invokes,
    labels,
    locks,
    metrics,
    quotas,
    snapshots,
    standing,
)
from engine.providers.aws.permissions import actions, dependent, reach
from engine.providers.aws.permissions.actions import Called
from engine.providers.aws.rows import ROWS

PARTS: Final[Mapping[str, tuple[object, ...]]] = {
    "bill": (billing.activate,),
    "data sources": (invokes.INVOKES,),
    "purge": (snapshots.final, snapshots.retained, snapshots.delete, locks.until),
    "quotas": (quotas.used, quotas.limit),
    "shards": (standing.of, standing.newest),
    "tags": (inventory.tagged, inventory.unseen, labels.write_by_arn),
    "usage": (folders.size, metrics.tell),
}
"""What calls AWS beside rows, by what it is for."""


def calls(types: Iterable[str]) -> dict[str, frozenset[Called]]:
    """What rows of these types and every other part can call, by type or part. Raises KeyError for an unknown type."""
    rows = {type: reach.of(ROWS[type]) for type in sorted(set(types))}
    return {**rows, **{part: reach.of(*starts) for part, starts in PARTS.items()}}


def direct(types: Iterable[str]) -> dict[str, frozenset[str]]:
    """Actions that are asked for what is called, each with the types and parts that call it; free ones are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for by, called in calls(types).items():
        for one in called:
            for action in actions.of(one):
                found[action].add(by)
    return {action: frozenset(by) for action, by in sorted(found.items()) if action not in actions.FREE}


def every(types: Iterable[str]) -> dict[str, frozenset[str]]:
    """Direct actions and those that AWS asks on their behalf, each with who needs it."""
    found: dict[str, set[str]] = defaultdict(set)
    for action, by in direct(types).items():
        found[action] |= by
    for action, on_behalf in dependent.of(found).items():
        found[action] |= {by for trigger in on_behalf for by in found.get(trigger, ())}
    return {action: frozenset(by) for action, by in sorted(found.items())}
