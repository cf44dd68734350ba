"""Nothing of a namespace is seen or touched from another one's."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.pods import pod
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-read-others",
    numbers=(58,),
    claim="Neither a tenant's pods nor its people see or touch anything in another one's namespace.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.NEIGHBOURS_CANNOT_READ_NAMESPACE",),
    control="A's people list pods in their own namespace, and A's account says who it is.",
    remedy="Look for role bindings in B's namespace, and for cluster role bindings, that name A's account or group.",
)

_LISTED = ("pods", "secrets", "configmaps", "events", "serviceaccounts", "persistentvolumeclaims")


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster; another cluster's tokens have an assertion of their own."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Lists, then writes and what runs in pods; the server decides, and changes nothing."""
    a, b, who = case.a, case.b, case.acting
    own = Ask("GET", f"/api/v1/namespaces/{a.said('namespace')}/pods")
    return Report(
        (
            trying(f"{a.tenant}'s people list their pods", lambda: who.kubernetes(As.PEOPLE, a, own)),
            trying(f"{a.tenant}'s account says who it is", lambda: who.kubernetes(As.ACCOUNT, a, _whoami())),
        ),
        tuple(_attempts(case)) + tuple(_writes(case, b.said("namespace"))),
    )


def _attempts(case: Case) -> Iterator[Outcome]:
    namespace, who = case.b.said("namespace"), case.acting
    for person in As:
        for kind in _LISTED:
            ask = Ask("GET", f"/api/v1/namespaces/{namespace}/{kind}")
            yield trying(f"{person} lists {kind}", lambda p=person, k=ask: who.kubernetes(p, case.b, k))


def _writes(case: Case, namespace: str) -> Iterator[Outcome]:
    who = case.acting
    asks = {
        "creates a pod": pod(case.b),
        "deletes pods": Ask("DELETE", f"/api/v1/namespaces/{namespace}/pods"),
        "executes in a pod": Ask("POST", f"/api/v1/namespaces/{namespace}/pods/nothing/exec", rehearse=False),
        "reads a log": Ask("GET", f"/api/v1/namespaces/{namespace}/pods/nothing/log"),
    }
    for person in As:
        for what, ask in asks.items():
            yield trying(f"{person} {what}", lambda p=person, k=ask: who.kubernetes(p, case.b, k))


def _whoami() -> Ask:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return Ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body, rehearse=False)
