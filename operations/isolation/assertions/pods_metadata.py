"""A node's metadata gives out the node's role."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, NotObservable, Report, Shows
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pods-metadata",
    numbers=(68,),
    claim="No pod reaches its node's metadata service or kubelet.",
    kind="node_pool",
    level=Level.LIVE,
    answers=("node_pool.NEIGHBOURS_NODES_REFUSE_PODS",),
    control="A pod reaches its own data.",
    remedy="Require IMDSv2 with a hop limit of 1 in the launch template.",
    shows=Shows(
        local="no: pods run nowhere there, and no packets flow",
        aws="not yet: a pod would have to run on each node",
    ),
)


def check(case: Case) -> Report:
    """Nothing is tried: a refusal that no one gave would prove nothing."""
    raise NotObservable(ASSERTION.shows.on(case.world.target))
