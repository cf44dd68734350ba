"""Who can write queues can take others' GPUs."""

from __future__ import annotations

from typing import Any

from operations.isolation.model import Assertion, Level, Party, Report, there, trying
from operations.isolation.ports import As, Ask, Case
from stacks.resources.gpu_share import manifests
from stacks.resources.gpu_share.spec import GpuShareSpec

ASSERTION = Assertion(
    id="gpu-queue-others",
    numbers=(79,),
    claim="No tenant uses another one's queue for shared GPUs, or changes its own.",
    kind="gpu_share",
    level=Level.LIVE,
    pairwise=True,
    answers=("gpu_share.NEIGHBOURS_QUEUES_REFUSE_WORKLOADS",),
    control="A's people read their own queue, and B's is there.",
    remedy="Look for roles that let people write queues; `tenant apply TENANT --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where both wait in queues of one cluster."""
    if b is None or a.said("cluster") != b.said("cluster"):
        return False
    return all(each.blueprint.of(GpuShareSpec).queued for each in (a, b))


def check(case: Case) -> Report:
    """Queues that would lead to B's, a change of B's own, and A's people in B's namespace."""
    who, mine, theirs = case.acting, case.a.blueprint.of(GpuShareSpec), case.b.blueprint.of(GpuShareSpec)
    whole, own, other = (
        f"/apis/{manifests.API}/{path}"
        for path in ("clusterqueues", f"namespaces/{mine.name}/localqueues", f"namespaces/{theirs.name}/localqueues")
    )
    leading = _queue("LocalQueue", "tenant-verify", manifests.local_queue(theirs))
    asks = {
        "makes a queue of its own that leads to B's": Ask("POST", own, leading),
        "makes a queue in B's namespace": Ask("POST", other, leading),
        "reads B's queue": Ask("GET", f"{other}/{theirs.queue}"),
        "deletes B's queue": Ask("DELETE", f"{whole}/{theirs.name}"),
        "makes a queue with a share of its own": Ask(
            "POST", whole, _queue("ClusterQueue", "tenant-verify", manifests.cluster_queue(mine))
        ),
    }
    read = Ask("GET", f"{own}/{mine.queue}")
    return Report(
        (
            trying("its people read their queue", lambda: who.kubernetes(As.PEOPLE, case.a, read)),
            there("B's queue", lambda: case.present_object(f"{whole}/{theirs.name}")),
        ),
        tuple(
            trying(f"{person} {what}", lambda p=person, k=ask: who.kubernetes(p, case.a, k))
            for person in As
            for what, ask in asks.items()
        ),
    )


def _queue(kind: str, name: str, spec: object) -> dict[str, Any]:
    return {"apiVersion": manifests.API, "kind": kind, "metadata": {"name": name}, "spec": spec}
