"""A pod is on the network before its policies are."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, NotObservable, Report, Shows
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="pods-first-seconds",
    numbers=(66,),
    claim="No pod of a tenant connects to another one's in the first seconds of its life.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.NEIGHBOURS_PODS_CANNOT_CONNECT",),
    control="Pods of one tenant connect to each other.",
    remedy="Run the VPC CNI with strict network policies.",
    shows=Shows(
        local="no: pods run nowhere there, and no packets flow",
        aws="not yet: a pod would have to run in both namespaces",
    ),
)


def check(case: Case) -> Report:
    """Nothing is tried: a refusal that no one gave would prove nothing."""
    raise NotObservable(ASSERTION.shows.on(case.world.target))
