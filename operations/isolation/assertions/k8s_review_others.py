"""What the server itself says of a tenant's rights in another one's namespace."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation.model import Assertion, Came, Level, Outcome, Party, Refusal, Report, trying
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-review-others",
    numbers=(58,),
    claim="The cluster's own access review gives a tenant no right in another one's namespace.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.NEIGHBOURS_CANNOT_READ_NAMESPACE",),
    control="The review gives A's people the right to list pods in their own namespace.",
    remedy="Look for role bindings in B's namespace, and for cluster role bindings, that name A's account or group.",
)

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
_RESOURCES = ("pods", "secrets", "configmaps")


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Every verb on what matters most, and everything at once."""
    own = _review(case, As.PEOPLE, case.a.said("namespace"), "list", "pods")
    return Report((own,), tuple(_attempts(case)))


def _attempts(case: Case) -> Iterator[Outcome]:
    namespace = case.b.said("namespace")
    for person in As:
        yield _review(case, person, namespace, "*", "*")
        for resource in _RESOURCES:
            for verb in _VERBS:
                yield _review(case, person, namespace, verb, resource)


def _review(case: Case, person: As, namespace: str, verb: str, resource: str) -> Outcome:
    asked = {"namespace": namespace, "verb": verb, "resource": resource, "group": "*" if resource == "*" else ""}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }
    ask = Ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, rehearse=False)

    def allowed() -> None:
        if case.acting.kubernetes(person, case.a, ask)["status"].get("allowed") is not True:
            raise Refusal("not allowed")

    outcome = trying(f"{person}: {verb} {resource} in {namespace}", allowed)
    return Outcome(outcome.tried, outcome.came, "" if outcome.came is Came.REFUSED else outcome.answer)
