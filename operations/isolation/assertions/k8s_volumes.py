"""A volume is under its tenant's key because of its class."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-volumes",
    numbers=(72,),
    claim="No tenant claims volumes of another one's storage class, or of none.",
    kind="namespace",
    level=Level.LIVE,
    pairwise=True,
    answers=("namespace.NEIGHBOURS_CANNOT_READ_NAMESPACE",),
    control="A claim of A's own class is admitted.",
    remedy="Put the cell's admission policies back: `tenant shared apply`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Claims in A's namespace."""
    a, b, who = case.a, case.b, case.acting
    return Report(
        (trying("a claim of its own class", lambda: who.kubernetes(As.PEOPLE, a, _claim(a, a.slug))),),
        (
            trying(f"a claim of {b.tenant}'s class", lambda: who.kubernetes(As.PEOPLE, a, _claim(a, b.slug))),
            trying("a claim of no class", lambda: who.kubernetes(As.PEOPLE, a, _claim(a, ""))),
        ),
    )


def _claim(party: Party, storage_class: str) -> Ask:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": storage_class,
    }
    body = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "tenant-verify"},
        "spec": spec,
    }
    return Ask("POST", f"/api/v1/namespaces/{party.said('namespace')}/persistentvolumeclaims", body)
