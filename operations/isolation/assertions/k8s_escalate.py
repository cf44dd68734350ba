"""Rights are given by the platform, not taken."""

from __future__ import annotations

from typing import Any

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import As, Ask, Case
from stacks.resources.namespace.spec import SERVICE_ACCOUNT

ASSERTION = Assertion(
    id="k8s-escalate",
    numbers=(60,),
    claim="A tenant binds no roles, and gets no token of another one's account.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.NEIGHBOURS_CANNOT_READ_NAMESPACE",),
    control="A's people list pods in their own namespace.",
    remedy="Look for role bindings that give A's account or group rights over roles, bindings or accounts.",
)

_RBAC = "rbac.authorization.k8s.io"


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Bindings to `cluster-admin` here and there, and a token of B's account."""
    a, b, who = case.a, case.b, case.acting
    own = Ask("GET", f"/api/v1/namespaces/{a.said('namespace')}/pods")
    accounts = f"/api/v1/namespaces/{b.said('namespace')}/serviceaccounts/{SERVICE_ACCOUNT}/token"
    asks = {
        "binds cluster-admin in its namespace": _binding(a.said("namespace"), a),
        f"binds cluster-admin in {b.tenant}'s namespace": _binding(b.said("namespace"), a),
        "binds cluster-admin everywhere": _binding("", a),
        f"takes a token of {b.tenant}'s account": Ask(
            "POST", accounts, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        ),
    }
    return Report(
        (trying("its people list their pods", lambda: who.kubernetes(As.PEOPLE, a, own)),),
        tuple(
            trying(f"{person} {what}", lambda p=person, k=ask: who.kubernetes(p, a, k))
            for person in As
            for what, ask in asks.items()
        ),
    )


def _binding(namespace: str, to: Party) -> Ask:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    place = f"/namespaces/{namespace}/rolebindings" if namespace else "/clusterrolebindings"
    body: dict[str, Any] = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": kind,
        "metadata": {"name": "tenant-verify"},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": _RBAC, "kind": "Group", "name": to.slug}],
    }
    return Ask("POST", f"/apis/{_RBAC}/v1{place}", body)
