"""Memory of a GPU is not wiped by itself."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, NotObservable, Report, Shows
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="gpu-memory",
    numbers=(80,),
    claim="Nothing of a tenant is left in a GPU's memory when another one's pod gets it.",
    kind="node_pool",
    level=Level.LIVE,
    pairwise=True,
    answers=("node_pool.NEIGHBOURS_PODS_REFUSED_ON_NODES",),
    control="A pod finds what it wrote itself.",
    remedy="Give tenants whole nodes of their own, or have GPUs reset between pods.",
    shows=Shows(
        local="no: there is no GPU there",
        aws="not yet: it takes two pods on one GPU, one after the other",
    ),
)


def check(case: Case) -> Report:
    """Nothing is tried: a refusal that no one gave would prove nothing."""
    raise NotObservable(ASSERTION.shows.on(case.world.target))
