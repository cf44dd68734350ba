"""A tenant's own nodes: managed node groups that nobody else's pods run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stacks.blueprint import clusters
from stacks.blueprint.clusters import NodePlan, Schedule
from stacks.inputs import machines
from stacks.inputs.fields import Isolation, Weekday
from stacks.inputs.profile import Gpu, Hours, Nodes
from stacks.resources.kind import SILO_OR_POOL, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import Demand

_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class NodePoolSpec:
    """Its pools; none where its pods run on nodes that all share."""

    isolation: Isolation
    pools: tuple[NodePlan, ...]

    @property
    def gpus(self) -> int:
        """GPUs when all nodes are there."""
        return sum(pool.gpus * pool.most for pool in self.pools)

    @property
    def own_nodes(self) -> bool:
        """Whether its pods without GPUs run on nodes of its own."""
        return any(not pool.gpus for pool in self.pools)


def resolve(ask: Ask) -> NodePoolSpec:
    """A pool with GPUs and one without, where the profile asks for them."""
    profile = ask.profile
    pools = [_pool(ask, role, asked) for role, asked in (("gpu", profile.gpu), ("cpu", profile.nodes)) if asked]
    return NodePoolSpec(Isolation.SILO if pools else Isolation.POOL, tuple(pools))


def _pool(ask: Ask, role: str, asked: Gpu | Nodes) -> NodePlan:
    types = [machines.machine(each) for each in asked.instance_types]
    hours = asked.hours if isinstance(asked, Gpu) else None
    return NodePlan(
        role=role,
        name=ask.names.of(role),
        owner=ask.facts.slug,
        instance_types=tuple(asked.instance_types),
        capacity=asked.capacity.value,
        least=asked.nodes.min,
        most=asked.nodes.max,
        storage_gb=asked.storage_gb,
        gpus=max(each.gpus for each in types),
        arm=types[0].arm,
        schedule=_schedule(hours) if hours else None,
        sharing=(asked.sharing or "") if isinstance(asked, Gpu) else "",
    )


def _schedule(hours: Hours) -> Schedule:
    """Cron lines, minute to weekday, as Auto Scaling takes them; an end before the start is next day's."""
    start, end = _minutes(hours.start), _minutes(hours.end)
    week = list(Weekday)
    ends = [week[(week.index(day) + (end <= start)) % 7] for day in hours.days]
    return Schedule(
        start=_cron(start, hours.days),
        end=_cron(end, ends),
        time_zone=hours.time_zone,
        hours_weekly=(end - start if end > start else end - start + _DAY) / 60 * len(set(hours.days)),
    )


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _cron(minutes: int, days: Sequence[Weekday]) -> str:
    return f"{minutes % 60} {minutes // 60} * * {','.join(day.value.upper() for day in days)}"


def prices(spec: NodePoolSpec) -> Iterator[PriceDimension]:
    """Nodes and their disks."""
    for pool in spec.pools:
        yield from clusters.node_prices(pool)


def demands(spec: NodePoolSpec) -> Iterator[Demand]:
    """Node groups and vCPUs."""
    for pool in spec.pools:
        yield from clusters.node_demands(pool)


def claims(spec: NodePoolSpec) -> Iterator[Claim]:
    """Its pods stay off others' nodes, and others' off its own."""
    yield Claim("NEIGHBOURS_NODES_REFUSE_PODS", "OWN_PODS_ARE_SCHEDULED")
    if spec.pools:
        yield Claim("NEIGHBOURS_PODS_REFUSED_ON_NODES", "OWN_PODS_RUN_ON_NODES")


KIND = Kind(
    "node_pool",
    "Node pools",
    NodePoolSpec,
    SILO_OR_POOL,
    resolve,
    prices,
    claims,
    demands=demands,
    asked=True,
)
