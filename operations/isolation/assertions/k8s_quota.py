"""A tenant that takes everything leaves nothing for the others."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, setting, trying
from operations.isolation.pods import pod
from operations.isolation.ports import As, Case
from stacks.conventions import labels
from stacks.conventions.capacity import BURST
from stacks.resources.namespace.spec import NamespaceSpec

ASSERTION = Assertion(
    id="k8s-quota",
    numbers=(70,),
    claim="What all pods of a tenant may use together is limited, and more is refused.",
    kind="namespace",
    level=Level.LIVE,
    answers=("namespace.QUOTA_EXCEEDED_REFUSED",),
    control="A pod within the quota is admitted.",
    remedy="Put quota and limits back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """A pod that asks for one core more than there are, one GPU more, and whether the quota is the blueprint's."""
    a, who = case.a, case.acting
    spec = a.blueprint.of(NamespaceSpec)
    queue = {labels.QUEUE: spec.gpu_queue} if spec.gpu_queue else None
    cores = _asking(cpu=str(spec.cpu + 1), memory="16Mi")
    gpus = _asking(**{"cpu": "10m", "memory": "16Mi", "nvidia.com/gpu": str(spec.gpus + 1)})
    namespace = f"/api/v1/namespaces/{a.said('namespace')}"
    case.objects(namespace)  # where there is none, nothing is used in it
    path = f"{namespace}/resourcequotas/quota"
    return Report(
        (trying("a pod within the quota", lambda: who.kubernetes(As.PEOPLE, a, pod(a))),),
        (
            trying("a pod with a core too many", lambda: who.kubernetes(As.PEOPLE, a, pod(a, container=cores))),
            trying(
                "a pod with a GPU too many", lambda: who.kubernetes(As.PEOPLE, a, pod(a, container=gpus, marked=queue))
            ),
            setting(
                "the burst in the quota",
                lambda: (
                    case.present_object(path)
                    and case.objects(path)["spec"]["hard"]["limits.cpu"] == str(spec.cpu * BURST)
                ),
            ),
        ),
    )


def _asking(**resources: str) -> dict[str, object]:
    return {"resources": {"requests": resources, "limits": resources}}
