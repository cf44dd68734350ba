"""A container that asks for no GPU may see them all."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, NotObservable, Report, Shows
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="gpu-unasked",
    numbers=(76,),
    claim="A pod that asks for no GPU sees none.",
    kind="node_pool",
    level=Level.LIVE,
    answers=("node_pool.NEIGHBOURS_PODS_REFUSED_ON_NODES",),
    control="A pod that asks for a GPU sees it.",
    remedy="Let the device plugin pass devices as volume mounts only.",
    shows=Shows(
        local="no: there is no GPU there",
        aws="not yet: a pod would have to run on a GPU node",
    ),
)


def check(case: Case) -> Report:
    """Nothing is tried: a refusal that no one gave would prove nothing."""
    raise NotObservable(ASSERTION.shows.on(case.world.target))
