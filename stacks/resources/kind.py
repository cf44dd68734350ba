"""What each kind of resource offers: the words that every `resources/<kind>/spec.py` is written in.

A kind is a folder. Its `spec.py` is pure and has `KIND`; its `component.py` is the only place that knows Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from stacks.blueprint.facts import Facts
from stacks.conventions.naming import Names
from stacks.errors import Fault
from stacks.inputs.environment import Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.tier import SizeRow, Tier
from stacks.resources.quotas import Demand

HOURS_A_MONTH = 730
"""AWS's own figure for a month of hours."""


@dataclass(frozen=True, slots=True)
class Ask:
    """All that a spec is resolved from."""

    profile: Profile
    tier: Tier
    environment: Environment
    facts: Facts
    names: Names

    @property
    def row(self) -> SizeRow:
        """Figures of the tenant's size; `resolve` has seen to it that the tier has them."""
        return self.tier.sizes[self.profile.size]

    @property
    def shares_data(self) -> bool:
        """Whether the tenant's database or cache is one that its cell's tenants share."""
        return any(self.tier.of(kind) is not Isolation.SILO for kind in ("database", "cache"))


@dataclass(frozen=True, slots=True)
class PriceDimension:
    """Something AWS bills by the month: the price's key, how it is counted, how much of it.

    `quantity` is None where only usage can tell; such a dimension makes a total a lower bound.
    """

    key: str
    unit: str
    quantity: float | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that must be true of a tenant's isolation, and the positive control that makes a proof count."""

    name: str
    control: str


class Spec(Protocol):
    """What a blueprint says of one tenant's resource of a kind: a frozen dataclass of plain data."""

    @property
    def isolation(self) -> Isolation:
        """How far it is apart from other tenants'."""
        ...


SpecType = TypeVar("SpecType", bound=Spec)


def _no_refusals(_old: Any, _new: Any) -> Iterator[Fault]:
    return iter(())


def _no_demands(_spec: Any) -> Iterator[Demand]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind(Generic[SpecType]):
    """One kind of resource, as the catalog finds it.

    `offers`: isolation models that are built. `refusals(old, new)`: changes that can't be made to what exists.
    `demands`: what it uses up of the account's quotas.
    """

    name: str
    title: str
    spec: type[SpecType]
    offers: frozenset[Isolation]
    resolve: Callable[[Ask], SpecType]
    prices: Callable[[SpecType], Iterator[PriceDimension]]
    claims: Callable[[SpecType], Iterator[Claim]]
    refusals: Callable[[SpecType, SpecType], Iterator[Fault]] = _no_refusals
    demands: Callable[[SpecType], Iterator[Demand]] = _no_demands


ANY = frozenset(Isolation)
SILO_OR_POOL = frozenset({Isolation.SILO, Isolation.POOL})
SILO_OR_BRIDGE = frozenset({Isolation.SILO, Isolation.BRIDGE})
SILO_ONLY = frozenset({Isolation.SILO})
"""What is offered by kinds that every tenant has its own of."""
