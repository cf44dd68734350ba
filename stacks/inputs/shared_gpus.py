"""GPU nodes of a cell that its tenants share: the section `shared.gpu` of an environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from stacks.inputs import classes, document, fields, machines, regions
from stacks.inputs.document import Complaint, Section
from stacks.inputs.profile import NodeCount

_SECTION = ("shared", "gpu")


class Queues(StrEnum):
    """How pods wait for a shared GPU."""

    NONE = "none"
    """They stay pending; quotas of namespaces alone say who may have how many."""
    KUEUE = "kueue"
    """Kueue is there, and queues are made of its kinds."""
    CRDS = "crds"
    """Kueue is not there: its kinds are, and keep queues that nobody serves."""


class SharedGpus(Section):
    """GPU nodes of each cell that tenants with a share use. A GPU is given whole, to one pod at a time."""

    instance_types: list[fields.GpuClass] = Field(
        min_length=1, max_length=20, description="EC2 types with a GPU, tried in this order"
    )
    nodes: NodeCount = Field(default=NodeCount(), description="how many there are in each cell")
    storage_gb: fields.Gigabytes = Field(default=200, description="GB of each node's disk")
    capacity: fields.Capacity = Field(default=fields.Capacity.ON_DEMAND, description="on_demand or spot")
    queues: Queues = Field(
        default=Queues.NONE,
        description="kueue where Kueue runs in the cell's cluster, crds for its kinds alone, none for no queues",
    )

    @property
    def gpus(self) -> int:
        """GPUs when all nodes of a cell are there, of the type that has fewest."""
        return self.nodes.max * min(machines.machine(each).gpus for each in self.instance_types)


def check(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Nodes of one architecture that each region has; GPUs that are never cut."""
    said = document.keys_of(document.keys_of(data.get("shared")).get("gpu"))
    if "sharing" in said:
        why = "GPUs that tenants share are given whole: time-slicing keeps neither memory nor faults apart"
        yield Complaint((*_SECTION, "sharing", document.KEY), why, "`gpu: {sharing: …}` of one tenant's profile")
    count = document.keys_of(said.get("nodes"))
    least, most = count.get("min", 0), count.get("max", 1)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Complaint((*_SECTION, "nodes", "min"), f"{least} is more than `max`, {most}", f"up to {most}")
    asked = [str(each) for each in document.items_of(said.get("instance_types"))]
    types = [each for each in asked if each in classes.GPU]
    here = [str(document.keys_of(each).get("name")) for each in document.items_of(data.get("regions"))]
    for index, each in enumerate(types):
        path = (*_SECTION, "instance_types", asked.index(each))
        if machines.machine(each).arm != machines.machine(types[0]).arm:
            yield Complaint(path, f"`{each}` has another architecture than `{types[0]}`", "types of one architecture")
        offered = machines.regions_of(each)
        for region in here if index == asked.index(each) else ():
            if offered is not None and region in regions.ALL and region not in offered:
                yield Complaint(path, f"`{each}` is not offered in `{region}`", "types that every region has")
