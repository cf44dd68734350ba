"""A tenant's share of the cell's GPUs: how many it may have at one time, and the queue that its pods wait in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_POOL, Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class GpuShareSpec:
    """GPUs at one time; `borrowing` are those beyond, while others leave theirs. No share where both are 0.

    `name` is the slug, by which what is not in a namespace is called. `queue` is empty where the cell has no queues;
    `flavor` names the cell's nodes to queues. Cores and GB are what all its pods have: a queue counts them too.
    """

    isolation: Isolation
    name: str
    gpus: int
    borrowing: int
    queue: str
    flavor: str
    cpu: int
    memory_gb: int
    rank: int

    @property
    def queued(self) -> bool:
        """Whether its pods wait in a queue."""
        return bool(self.gpus and self.queue)


def resolve(ask: Ask) -> GpuShareSpec:
    """The size's share, or what the profile says."""
    facts, wanted, figures = ask.facts, ask.profile.namespace, ask.row.namespace
    gpus = ask.shared_gpus
    return GpuShareSpec(
        isolation=Isolation.POOL if gpus else ask.tier.of("gpu_share"),
        name=facts.slug,
        gpus=gpus,
        borrowing=ask.borrowed_gpus,
        queue=ask.gpu_queue,
        flavor=ask.cell.slug if gpus else "",
        cpu=(figures.cpu if wanted.cpu is None else wanted.cpu) if gpus else 0,
        memory_gb=(figures.memory_gb if wanted.memory_gb is None else wanted.memory_gb) if gpus else 0,
        rank=ask.tier.rank if gpus else 0,
    )


def prices(spec: GpuShareSpec) -> Iterator[PriceDimension]:
    """Nothing: the nodes are the cell's."""
    yield from ()


def claims(spec: GpuShareSpec) -> Iterator[Claim]:
    """A GPU is one tenant's at a time, and so is the queue before it."""
    yield Claim("SHARED_GPUS_ARE_WHOLE", "SHARED_NODES_ARE_READ")
    yield Claim("GPUS_WITHOUT_A_SHARE_REFUSED", "OWN_SHARE_ADMITTED")
    if spec.queued:
        yield Claim("NEIGHBOURS_QUEUES_REFUSE_WORKLOADS", "OWN_QUEUE_IS_READ")


KIND = Kind(
    "gpu_share",
    "GPU share",
    GpuShareSpec,
    SILO_OR_POOL,
    resolve,
    prices,
    claims,
    asked=True,
)
