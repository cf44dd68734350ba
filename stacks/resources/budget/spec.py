"""What a tenant may cost a month before its owner is told. A budget stops nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension

_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class BudgetSpec:
    """US dollars a month, 0 for no budget; the tag whose cost is counted; who is told by mail besides the topic."""

    isolation: Isolation
    name: str
    monthly_usd: int
    tag: tuple[str, str]
    mail: str


def resolve(ask: Ask) -> BudgetSpec:
    """The profile's, else the size's."""
    asked, profile = ask.profile.budget.monthly_usd, ask.profile
    return BudgetSpec(
        isolation=Isolation.SILO,
        name=ask.names.of("budget"),
        monthly_usd=ask.row.budget_usd if asked is None else asked,
        tag=("stack", f"{ask.environment.name}.{ask.facts.slug}"),
        mail=profile.owner if _MAIL.fullmatch(profile.owner) else "",
    )


def prices(spec: BudgetSpec) -> Iterator[PriceDimension]:
    """Budgets that only tell are free."""
    return iter(())


def claims(spec: BudgetSpec) -> Iterator[Claim]:
    """Only its own cost counts: every tenant's resources carry its stack's tag."""
    yield Claim("OTHERS_COST_NOT_COUNTED", "OWN_COST_COUNTED")


KIND = Kind("budget", "Budget", BudgetSpec, SILO_ONLY, resolve, prices, claims)
