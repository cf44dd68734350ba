"""What holds a tenant is not the tenant's to change."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-keep-holds",
    numbers=(61,),
    claim="A tenant changes neither its quota, limits and network policies nor its namespace's labels.",
    kind="namespace",
    level=Level.LIVE,
    answers=("namespace.QUOTA_EXCEEDED_REFUSED",),
    control="A's people read their quota.",
    remedy="Look for roles in the namespace that were made past this tool; `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Deletes and a patch, which the server only rehearses."""
    a, who = case.a, case.acting
    namespace = a.said("namespace")
    core, policies = f"/api/v1/namespaces/{namespace}", f"/apis/networking.k8s.io/v1/namespaces/{namespace}"
    label = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": namespace, "labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
    }
    patch = Ask("PATCH", f"{core}?fieldManager=tenant-verify&force=true", label)
    asks = {
        "deletes the quota": Ask("DELETE", f"{core}/resourcequotas/quota"),
        "deletes the limits": Ask("DELETE", f"{core}/limitranges/limits"),
        "deletes the network policy": Ask("DELETE", f"{policies}/networkpolicies/deny-all"),
        "changes the namespace's labels": patch,
    }
    quota = Ask("GET", f"{core}/resourcequotas/quota")
    return Report(
        (trying("its people read their quota", lambda: who.kubernetes(As.PEOPLE, a, quota)),),
        tuple(
            trying(f"{person} {what}", lambda p=person, k=ask: who.kubernetes(p, a, k))
            for person in As
            for what, ask in asks.items()
        ),
    )
