"""What belongs to no namespace belongs to the platform."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-cluster-scope",
    numbers=(59,),
    claim="A tenant neither lists nor makes anything outside of namespaces.",
    kind="namespace",
    level=Level.LIVE,
    answers=("namespace.NEIGHBOURS_CANNOT_READ_NAMESPACE",),
    control="A's people list pods in their own namespace.",
    remedy="Look for cluster role bindings that name A's account or group.",
)

_KINDS = (
    ("api/v1", "namespaces"),
    ("api/v1", "nodes"),
    ("api/v1", "persistentvolumes"),
    ("apis/rbac.authorization.k8s.io/v1", "clusterroles"),
    ("apis/rbac.authorization.k8s.io/v1", "clusterrolebindings"),
    ("apis/apiextensions.k8s.io/v1", "customresourcedefinitions"),
    ("apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies"),
    ("apis/admissionregistration.k8s.io/v1", "validatingwebhookconfigurations"),
    ("apis/storage.k8s.io/v1", "storageclasses"),
)


def check(case: Case) -> Report:
    """Lists of each kind, as both; and a namespace more."""
    a, who = case.a, case.acting
    own = Ask("GET", f"/api/v1/namespaces/{a.said('namespace')}/pods")
    more = Ask(
        "POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tenant-verify"}}
    )
    asks = {f"lists {name}": Ask("GET", f"/{api}/{name}") for api, name in _KINDS} | {"makes a namespace": more}
    return Report(
        (trying("its people list their pods", lambda: who.kubernetes(As.PEOPLE, a, own)),),
        tuple(
            trying(f"{person} {what}", lambda p=person, k=ask: who.kubernetes(p, a, k))
            for person in As
            for what, ask in asks.items()
        ),
    )
