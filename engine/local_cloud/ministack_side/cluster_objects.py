"""Objects that the local cloud keeps in a control plane: RBAC of access policies, nodes of node groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.local_cloud.servers.kubernetes import Kubernetes, Refused

_MANAGER = {"fieldManager": "local-cloud", "force": "true"}
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_SIMULATED = "local.node/simulated"
_GROUP = "eks.amazonaws.com/nodegroup"
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
_PODS = "58"
_KINDS = {
    "ClusterRole": (_RBAC, "clusterroles"),
    "ClusterRoleBinding": (_RBAC, "clusterrolebindings"),
    "CustomResourceDefinition": ("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions"),
    "Node": ("/api/v1", "nodes"),
    "RoleBinding": (_RBAC, "rolebindings"),
}
"""Where each kind stands: its API, and its name in paths."""


def namespaces(server: Kubernetes) -> list[str]:
    """Names of the namespaces that there are."""
    return [each["metadata"]["name"] for each in server.call("GET", "/api/v1/namespaces")["items"]]


def nodes(
    groups: Iterable[dict[str, Any]], kinds: Mapping[str, str], sizes: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, Any]]:
    """A node for each instance that a node group would have; `kinds` are the groups' instance types, `sizes` what those
    can hold."""
    for group in groups:
        kind = kinds[group["nodegroupName"]]
        for number in range(int(group["scalingConfig"].get("desiredSize", 1))):
            name = f"{group['nodegroupName']}-{number}"
            yield {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {
                    "name": name,
                    "labels": {
                        **group["labels"],
                        _SIMULATED: "true",
                        _GROUP: group["nodegroupName"],
                        "eks.amazonaws.com/capacityType": group["capacityType"],
                        "kubernetes.io/hostname": name,
                        "kubernetes.io/os": "linux",
                        "node.kubernetes.io/instance-type": kind,
                    },
                },
                "spec": {"taints": [_taint(taint) for taint in group["taints"]]},
                "status": {"capacity": {"pods": _PODS, **sizes.get(kind, {})}},
            }


def definitions() -> Iterator[dict[str, Any]]:
    """Kinds that EKS brings: security groups for pods. They are kept, and nothing here acts on them."""
    strings = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 5}
    groups = {"type": "object", "properties": {"groupIds": strings}}
    selector = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    members = {"podSelector": selector, "serviceAccountSelector": selector, "securityGroups": groups}
    spec = {"type": "object", "properties": members}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    names = {"kind": "SecurityGroupPolicy", "plural": "securitygrouppolicies", "singular": "securitygrouppolicy"}
    yield {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "securitygrouppolicies.vpcresources.k8s.aws"},
        "spec": {
            "group": "vpcresources.k8s.aws",
            "scope": "Namespaced",
            "names": {**names, "listKind": "SecurityGroupPolicyList", "shortNames": ["sgp"]},
            "versions": [{"name": "v1beta1", "served": True, "storage": True, "schema": schema}],
        },
    }


def _taint(taint: Mapping[str, str]) -> dict[str, str]:
    return {"key": taint["key"], "value": taint.get("value", ""), "effect": _EFFECTS[taint["effect"]]}


def apply(server: Kubernetes, wanted: Iterable[dict[str, Any]], label: str) -> None:
    """Make these objects so, and delete those of our own that are not among them. Raises Refused, OSError."""
    kept: set[tuple[str, str, str]] = set()
    for each in wanted:
        kept.add(_key(each))
        server.call("PATCH", _path(each), {k: v for k, v in each.items() if k != "status"}, **_MANAGER)
        if "status" in each:
            bare = {key: each[key] for key in ("apiVersion", "kind", "status")} | {
                "metadata": {"name": each["metadata"]["name"]}
            }
            server.call("PATCH", f"{_path(each)}/status", bare, **_MANAGER)
    for path, kind, selector in (
        (f"{_RBAC}/clusterrolebindings", "ClusterRoleBinding", label),
        (f"{_RBAC}/rolebindings", "RoleBinding", label),
        ("/api/v1/nodes", "Node", _SIMULATED),
    ):
        for each in server.call("GET", path, labelSelector=selector)["items"]:
            there = {**each, "kind": kind}
            if _key(there) not in kept:
                _remove(server, there)


def _remove(server: Kubernetes, each: dict[str, Any]) -> None:
    try:
        server.call("DELETE", _path(each))
    except Refused as refused:
        if refused.status != 404:
            raise


def _key(each: Mapping[str, Any]) -> tuple[str, str, str]:
    return each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]


def _path(each: Mapping[str, Any]) -> str:
    kind, namespace, name = _key(each)
    api, plural = _KINDS[kind]
    place = f"/namespaces/{namespace}" if namespace else ""
    return f"{api}{place}/{plural}/{name}"
