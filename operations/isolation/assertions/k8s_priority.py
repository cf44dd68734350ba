"""Who is served first is decided by the tier."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.pods import pod
from operations.isolation.ports import As, Case

ASSERTION = Assertion(
    id="k8s-priority",
    numbers=(74,),
    claim="No pod of a tenant has another one's priority, or the system's.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.QUOTA_EXCEEDED_REFUSED",),
    control="A pod with A's own priority class is admitted.",
    remedy="Put the cell's admission policies back: `tenant shared apply`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Pods in A's namespace."""
    a, b, who = case.a, case.b, case.acting
    mine, theirs, system = (pod(a, {"priorityClassName": name}) for name in (a.slug, b.slug, "system-node-critical"))
    return Report(
        (trying("a pod with its own priority", lambda: who.kubernetes(As.PEOPLE, a, mine)),),
        (
            trying(f"a pod with {b.tenant}'s priority", lambda: who.kubernetes(As.PEOPLE, a, theirs)),
            trying("a pod with the system's priority", lambda: who.kubernetes(As.PEOPLE, a, system)),
        ),
    )
