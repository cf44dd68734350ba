"""A queue says which namespaces it serves; without a word it serves none, with an empty one all."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, setting, there
from operations.isolation.ports import Case
from stacks.resources.gpu_share import manifests
from stacks.resources.gpu_share.spec import GpuShareSpec

ASSERTION = Assertion(
    id="gpu-queue-selects",
    numbers=(79,),
    claim="The queue of a tenant for shared GPUs serves its namespace alone, and gives no more than its share.",
    kind="gpu_share",
    level=Level.CONFIG,
    answers=("gpu_share.NEIGHBOURS_QUEUES_REFUSE_WORKLOADS",),
    control="The tenant's queue in its namespace leads to it.",
    remedy="Put the queue back: `tenant apply TENANT --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where it waits in a queue."""
    return b is None and a.blueprint.of(GpuShareSpec).queued


def check(case: Case) -> Report:
    """The cluster's queue of the tenant, and the one in its namespace."""
    spec = case.a.blueprint.of(GpuShareSpec)
    whole = f"/apis/{manifests.API}/clusterqueues/{spec.name}"
    local = f"/apis/{manifests.API}/namespaces/{spec.name}/localqueues/{spec.queue}"
    wanted = manifests.cluster_queue(spec)
    told = {
        "the namespaces that it serves": "namespaceSelector",
        "what it gives": "resourceGroups",
        "whom it takes places from": "preemption",
    }
    return Report(
        (there("its own queue leads there", lambda: case.objects(local)["spec"]["clusterQueue"] == spec.name),),
        tuple(
            setting(what, lambda k=key: case.objects(whole)["spec"].get(k) == wanted[k]) for what, key in told.items()
        ),
    )
