"""A namespace is closed in both directions, and what opens it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from operations.isolation.model import Assertion, Level, Report, Shows, finding, setting, there
from operations.isolation.ports import Case
from stacks.resources.namespace import manifests
from stacks.resources.namespace.spec import NamespaceSpec

ASSERTION = Assertion(
    id="k8s-default-deny",
    numbers=(67,),
    claim="A policy closes the namespace in both directions; others open only what the blueprint says.",
    kind="namespace",
    level=Level.CONFIG,
    answers=("namespace.NEIGHBOURS_PODS_CANNOT_CONNECT", "ingress.OUTSIDERS_REACH_NO_POD"),
    control="The namespace is there.",
    remedy="Put the network policies back: `tenant apply TENANT --refresh`; delete those that are not the tool's.",
    shows=Shows(local="the policies are read; no packets flow there", aws="the policies are read"),
)


def check(case: Case) -> Report:
    """Read from the namespace, and compared with what its blueprint makes."""
    a = case.a
    namespace = a.said("namespace")
    home = case.objects(
        f"/api/v1/namespaces/{namespace}"
    )  # asked first: of one that is not there no policies are listed
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    live = {str(each["metadata"]["name"]): each["spec"] for each in case.objects(path)["items"]}
    wanted = manifests.network(a.blueprint.of(NamespaceSpec))
    return Report(
        (there("its namespace", lambda: bool(home)),),
        (
            setting("a policy closes both directions", lambda: any(_closes(spec) for spec in live.values())),
            finding("policies that open more", lambda: sorted(_more(live, wanted))),
        ),
    )


def _closes(spec: Mapping[str, Any]) -> bool:
    both = {"Egress", "Ingress"} <= set(cast("Sequence[str]", spec.get("policyTypes") or ()))
    return both and not spec.get("podSelector") and not spec.get("ingress") and not spec.get("egress")


def _more(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, spec in live.items():
        if _closes(spec):
            continue
        if name not in wanted:
            yield name
        elif any(spec.get(way) != wanted[name].get(way) for way in ("ingress", "egress")):
            yield f"{name} (changed)"
