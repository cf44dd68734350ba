"""Queues of a tenant with a share of the cell's GPUs, in Kueue's shape: pure, from its spec."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from stacks.resources.gpu_share.spec import GpuShareSpec

Manifest: TypeAlias = Any
"""An object of Kubernetes, or a part of one: its shape is checked by the server, in every preview."""

GROUP: Final = "kueue.x-k8s.io"
API: Final = f"{GROUP}/v1beta1"
_RANK_STEP: Final = 1000


def cluster_queue(spec: GpuShareSpec) -> Manifest:
    """What the tenant may have at one time. Only its own namespace gets in, by the label that Kubernetes sets itself.

    What others of the cohort borrow of its GPUs is taken back when it wants them, whatever their priority: a share is
    kept. What it borrows itself it never takes from anyone. Kueue admits no workload with a resource that the queue
    does not cover, so cores and memory stand in it too.
    """
    covered = {
        "cpu": (str(spec.cpu), "0"),
        "memory": (f"{spec.memory_gb}Gi", "0"),
        "nvidia.com/gpu": (str(spec.gpus), str(spec.borrowing)),
    }
    resources = [
        {"name": name, "nominalQuota": quota, "borrowingLimit": more} for name, (quota, more) in covered.items()
    ]
    return {
        "cohort": spec.flavor,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": spec.name}},
        "queueingStrategy": "BestEffortFIFO",
        "preemption": {
            "reclaimWithinCohort": "Any",
            "borrowWithinCohort": {"policy": "Never"},
            "withinClusterQueue": "LowerPriority",
        },
        "resourceGroups": [
            {"coveredResources": list(covered), "flavors": [{"name": spec.flavor, "resources": resources}]}
        ],
    }


def local_queue(spec: GpuShareSpec) -> Manifest:
    """What its pods name, in its namespace."""
    return {"clusterQueue": spec.name}


def priority(spec: GpuShareSpec) -> int:
    """The higher the tier, the sooner its workloads are served."""
    return spec.rank * _RANK_STEP
