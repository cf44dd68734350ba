"""GPUs that a cell's tenants share: nodes that only tenants with a share get to, and the queues before them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stacks.blueprint.clusters import NodePlan
from stacks.conventions.naming import Names
from stacks.inputs import machines
from stacks.inputs.environment import Environment
from stacks.inputs.shared_gpus import Queues

ROLE: Final = "gpu-shared"
"""Role of the nodes, and the value of their label `tenant/pool`."""


@dataclass(frozen=True, slots=True)
class CellGpus:
    """The nodes; how pods wait for them, a word of `Queues`. `flavor` names them to queues, and is their cohort too."""

    nodes: NodePlan
    queues: str
    flavor: str

    @property
    def queued(self) -> bool:
        """Whether there are queues at all."""
        return self.queues != Queues.NONE.value

    @property
    def brings_kinds(self) -> bool:
        """Whether the kinds of queues are the cell's own."""
        return self.queues == Queues.CRDS.value


def of_cell(environment: Environment, names: Names) -> CellGpus | None:
    """As the environment says; None where it shares no GPUs."""
    wanted = environment.shared.gpu
    if wanted is None:
        return None
    types = [machines.machine(each) for each in wanted.instance_types]
    nodes = NodePlan(
        role=ROLE,
        name=names.of(ROLE),
        owner="",
        instance_types=tuple(wanted.instance_types),
        capacity=wanted.capacity.value,
        least=wanted.nodes.min,
        most=wanted.nodes.max,
        storage_gb=wanted.storage_gb,
        gpus=max(each.gpus for each in types),
        arm=types[0].arm,
        gpu_share=True,
    )
    return CellGpus(nodes, wanted.queues.value, names.slug)
