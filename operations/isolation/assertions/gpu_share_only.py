"""Nodes whose GPUs tenants share are for pods that got a GPU."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.pods import on_shared_gpus, pod
from operations.isolation.ports import As, Case
from stacks.resources.gpu_share.spec import GpuShareSpec

ASSERTION = Assertion(
    id="gpu-share-only",
    numbers=(76, 79),
    claim="No pod gets to shared GPUs that asks for none, goes round its queue, or whose tenant has no share.",
    kind="gpu_share",
    level=Level.LIVE,
    answers=("gpu_share.GPUS_WITHOUT_A_SHARE_REFUSED",),
    control="A pod for a GPU of the tenant's share is admitted; without a share, a pod that asks for none.",
    remedy="Put the cell's admission policies back: `tenant shared apply`.",
)


def check(case: Case) -> Report:
    """Pods that tolerate the nodes' taint."""
    a, who, share = case.a, case.acting, case.a.blueprint.of(GpuShareSpec)
    mine = on_shared_gpus(a, 1, share.queue) if share.gpus else pod(a)
    attempts = {"asks for no GPU": on_shared_gpus(a, 0, share.queue)}
    if not share.gpus:
        attempts["has no share"] = on_shared_gpus(a, 1)
    if share.queued:
        attempts["is in no queue"] = on_shared_gpus(a, 1)
        attempts["is in another queue"] = on_shared_gpus(a, 1, f"{share.queue}-of-others")
    return Report(
        (trying("a pod as the tenant may have it", lambda: who.kubernetes(As.PEOPLE, a, mine)),),
        tuple(
            trying(f"a pod on shared GPUs that {what}", lambda k=ask: who.kubernetes(As.PEOPLE, a, k))
            for what, ask in attempts.items()
        ),
    )
