"""Where a tenant's namespace lies: the cell's EKS cluster, or one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import clusters
from stacks.blueprint.clusters import ClusterPlan, Seat
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_POOL, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import Demand


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """The cluster, with a plan where it is the tenant's own."""

    isolation: Isolation
    seat: Seat

    @property
    def plan(self) -> ClusterPlan | None:
        """The plan of its own cluster; None in the cell's."""
        return self.seat.plan


def resolve(ask: Ask) -> ClusterSpec:
    """The cell's, unless the profile asks for its own or the tier gives one."""
    seat = clusters.of_tenant(ask)
    return ClusterSpec(Isolation.SILO if seat.plan else Isolation.POOL, seat)


def prices(spec: ClusterSpec) -> Iterator[PriceDimension]:
    """Its own cluster's; the cell's is shared services' cost."""
    return clusters.prices(spec.plan) if spec.plan else iter(())


def demands(spec: ClusterSpec) -> Iterator[Demand]:
    """Its own cluster's."""
    return clusters.demands(spec.plan) if spec.plan else iter(())


def claims(spec: ClusterSpec) -> Iterator[Claim]:
    """Nobody outside comes in; in an own cluster nobody else is."""
    yield Claim("NO_TOKEN_OF_OTHERS_ACCEPTED", "OWN_TOKEN_ACCEPTED")
    if spec.plan:
        yield Claim("NO_NAMESPACE_OF_OTHERS", "OWN_NAMESPACE_THERE")


def refusals(old: ClusterSpec, new: ClusterSpec) -> Iterator[Fault]:
    """Volumes don't move between clusters, and EKS takes a version forward, one step at a time."""
    if old.isolation is not new.isolation:
        why = "its namespace and volumes can't move to another cluster in place"
        yield Fault(None, "cluster.dedicated", why, str(old.plan is not None).lower())
    elif old.plan and new.plan:
        was, wanted = _minor(old.plan.version), _minor(new.plan.version)
        if wanted < was or wanted > was + 1:
            why = f"EKS takes a cluster from {old.plan.version} to the next version only"
            yield Fault(None, "cluster.version", why, f"{old.plan.version} or 1.{was + 1}")


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


KIND = Kind(
    "cluster",
    "Cluster",
    ClusterSpec,
    SILO_OR_POOL,
    resolve,
    prices,
    claims,
    refusals,
    demands,
    asked=True,
)
