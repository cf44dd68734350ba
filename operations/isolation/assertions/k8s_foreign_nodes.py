"""Nodes that a tenant pays for run nobody else's pods."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.pods import pod
from operations.isolation.ports import As, Case
from stacks.conventions import labels

ASSERTION = Assertion(
    id="k8s-foreign-nodes",
    numbers=(63,),
    claim="No pod of a tenant tolerates, selects or names another one's nodes.",
    kind="node_pool",
    level=Level.LIVE,
    pairwise=True,
    answers=("node_pool.NEIGHBOURS_NODES_REFUSE_PODS", "node_pool.NEIGHBOURS_PODS_REFUSED_ON_NODES"),
    control="A pod that asks for no node of others is admitted.",
    remedy="Put the cell's admission policies back: `tenant shared apply`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where both are in one cluster."""
    return b is not None and a.said("cluster") == b.said("cluster")


def check(case: Case) -> Report:
    """Every way that leads to B's nodes; whether B has any does not matter."""
    a, b, who = case.a, case.b, case.acting
    theirs = {"key": labels.SLUG, "operator": "Equal", "value": b.slug, "effect": "NoSchedule"}
    near = {"matchExpressions": [{"key": labels.SLUG, "operator": "In", "values": [b.slug]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [near]}}
    asks = {
        f"tolerates {b.tenant}'s taint": pod(a, {"tolerations": [theirs]}),
        "tolerates everything": pod(a, {"tolerations": [{"operator": "Exists"}]}),
        f"selects {b.tenant}'s nodes": pod(a, {"nodeSelector": {labels.SLUG: b.slug}}),
        f"requires {b.tenant}'s nodes": pod(a, {"affinity": {"nodeAffinity": required}}),
        "names a node": pod(a, {"nodeName": f"node-of-{b.slug}"}),
        "names another scheduler": pod(a, {"schedulerName": "own"}),
    }
    return Report(
        (trying("a pod that asks for none", lambda: who.kubernetes(As.PEOPLE, a, pod(a))),),
        tuple(
            trying(f"a pod that {what}", lambda k=ask: who.kubernetes(As.PEOPLE, a, k)) for what, ask in asks.items()
        ),
    )
