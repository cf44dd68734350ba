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
from stacks.inputs.environment import ApiStage, Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.shared_gpus import Queues
from stacks.inputs.tier import SizeRow, Tier
from stacks.resources.quotas import Demand

GPU_QUEUE = "gpu"
"""What the queue for shared GPUs is called in each namespace that has one."""
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

    def quota(self, name: str) -> int:
        """One of the tenant's quotas: the profile's, else the size's."""
        asked = getattr(self.profile.quotas, name)
        return int(getattr(self.row.quotas, name) if asked is None else asked)

    @property
    def api(self) -> ApiStage | None:
        """The API that tenants of the region call, None where there is none."""
        region = self.environment.region(self.facts.region)
        return region.api if region else None

    @property
    def cell(self) -> Names:
        """Maker of the names of its cell."""
        return self.environment.names_of(self.facts.region, self.facts.cell)

    @property
    def cache_database(self) -> int:
        """Number of the database that its keys are in, in the cache that it has or shares."""
        if self.tier.of("cache") is Isolation.SILO:
            return self.profile.data_locations.redis_db or 0
        return self.facts.cache_database or 0

    @property
    def shared_gpus(self) -> int:
        """GPUs of the cell's shared nodes that the tenant may have at one time."""
        asked = self.profile.namespace.gpus
        return self.row.namespace.gpus if asked is None else asked

    @property
    def gpu_queue(self) -> str:
        """The queue in its namespace that pods for shared GPUs wait in; empty where there are no queues."""
        pool = self.environment.shared.gpu
        queued = pool is not None and pool.queues is not Queues.NONE
        return GPU_QUEUE if queued and self.shared_gpus else ""

    @property
    def borrowed_gpus(self) -> int:
        """GPUs that it may use beyond its share while others leave theirs: somebody has to take them back."""
        pool = self.environment.shared.gpu
        served = pool is not None and pool.queues is Queues.KUEUE
        return self.tier.options.gpu_borrowing if served and self.shared_gpus else 0

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
    `demands`: what it uses up of the account's quotas. `asked`: a profile has a say in how far it is apart, not the
    tier alone.
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
    asked: bool = False


ANY = frozenset(Isolation)
SILO_OR_POOL = frozenset({Isolation.SILO, Isolation.POOL})
SILO_OR_BRIDGE = frozenset({Isolation.SILO, Isolation.BRIDGE})
SILO_ONLY = frozenset({Isolation.SILO})
"""What is offered by kinds that every tenant has its own of."""
