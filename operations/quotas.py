"""Whether an account's quotas hold what a stack shall have: pure, over what the cloud tells of limits and use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stacks.resources.quotas import QUOTAS, Demand, Quota


@dataclass(frozen=True, slots=True)
class Standing:
    """A quota's limit, and how much of it the whole account uses now."""

    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A quota that does not hold what is needed on top of what is used."""

    quota: Quota
    needed: int
    standing: Standing

    @property
    def ask_for(self) -> int:
        """The lowest limit that would hold it."""
        return self.standing.used + self.needed

    def __str__(self) -> str:
        of, quota = self.standing, self.quota
        return f"{quota.title}: {of.used:,} of {of.limit:,} in use, {self.needed:,} more needed"


def needed(demands: Iterable[Demand], rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """What a stack needs beyond the resources in its state, by quota; only what it needs more of."""
    wanted = Counter[str]()
    for demand in demands:
        wanted[demand.quota] += demand.amount
    held = Counter[str]()
    for row in rows:
        for key, amount in _held(row):
            held[key] += amount
    return {key: more for key in sorted(wanted) if (more := wanted[key] - held[key]) > 0}


def shortfalls(more: Mapping[str, int], standings: Mapping[str, Standing]) -> tuple[Shortfall, ...]:
    """The quotas that do not hold it, sorted by key."""
    every = (Shortfall(QUOTAS[key], more[key], standings[key]) for key in sorted(more))
    return tuple(each for each in every if each.ask_for > each.standing.limit)


def _held(row: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What one resource of a state counts for; one that was only begun may not be there and counts for nothing."""
    if not row.get("id"):
        return
    inputs: Mapping[str, Any] = row.get("inputs") or {}
    for quota in QUOTAS.values():
        if quota.type == row.get("type"):
            yield quota.key, quota.count(inputs)
