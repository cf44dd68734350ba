"""Kinds of queues in Kueue's shape, for clusters without Kueue: with the fields that we use, all others kept. Pure.

Nobody serves them: workloads wait for nothing, and quotas of namespaces alone hold. Kueue itself brings its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Manifest: TypeAlias = Any
"""A part of an object of Kubernetes: its shape is checked by the server, in every preview."""

GROUP: Final = "kueue.x-k8s.io"
VERSION: Final = "v1beta1"
_OPEN: Final[dict[str, Any]] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_QUANTITY: Final[dict[str, Any]] = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
_NEVER_ANY: Final = {"type": "string", "enum": ["Never", "LowerPriority", "LowerOrNewerEqualPriority", "Any"]}


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


def _group(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    asked = {"required": list(required)} if required else {}
    return {**_OPEN, "properties": properties, **asked}


_RESOURCE: Final = _group(
    {"name": _TEXT, "nominalQuota": _QUANTITY, "borrowingLimit": _QUANTITY, "lendingLimit": _QUANTITY},
    "name",
    "nominalQuota",
)
_FLAVOR: Final = _group({"name": _TEXT, "resources": _list(_RESOURCE, 16)}, "name", "resources")
_GROUP_OF_RESOURCES: Final = _group(
    {"coveredResources": _list(_TEXT, 16), "flavors": _list(_FLAVOR, 16)}, "coveredResources", "flavors"
)
_PREEMPTION: Final = _group(
    {"reclaimWithinCohort": _NEVER_ANY, "withinClusterQueue": _NEVER_ANY, "borrowWithinCohort": _OPEN}
)
_CLUSTER_QUEUE: Final = _group(
    {
        "cohort": _TEXT,
        "namespaceSelector": {**_OPEN, "nullable": True},
        "queueingStrategy": {"type": "string", "enum": ["StrictFIFO", "BestEffortFIFO"]},
        "preemption": _PREEMPTION,
        "resourceGroups": _list(_GROUP_OF_RESOURCES, 16),
    }
)
_FLAVOR_SPEC: Final = _group({"nodeLabels": _TEXTS, "nodeTaints": _list(_OPEN, 8), "tolerations": _list(_OPEN, 8)})


@dataclass(frozen=True, slots=True)
class QueueKind:
    """One kind: its name and plural, whether its objects lie in namespaces, what they hold."""

    name: str
    plural: str
    namespaced: bool
    properties: dict[str, Any]

    @property
    def definition(self) -> str:
        """What its definition is called."""
        return f"{self.plural}.{GROUP}"


KINDS: Final = (
    QueueKind("ResourceFlavor", "resourceflavors", namespaced=False, properties={"spec": _FLAVOR_SPEC}),
    QueueKind("ClusterQueue", "clusterqueues", namespaced=False, properties={"spec": _CLUSTER_QUEUE}),
    QueueKind(
        "LocalQueue",
        "localqueues",
        namespaced=True,
        properties={"spec": _group({"clusterQueue": _TEXT}, "clusterQueue")},
    ),
    QueueKind(
        "WorkloadPriorityClass",
        "workloadpriorityclasses",
        namespaced=False,
        properties={"value": {"type": "integer", "format": "int32"}, "description": _TEXT},
    ),
)


def definitions() -> Iterator[tuple[str, Manifest]]:
    """Name and spec of each kind's definition."""
    for kind in KINDS:
        schema = {"type": "object", "properties": {**kind.properties, "status": _OPEN}}
        version: dict[str, Any] = {
            "name": VERSION,
            "served": True,
            "storage": True,
            "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": schema},
        }
        yield (
            kind.definition,
            {
                "group": GROUP,
                "scope": "Namespaced" if kind.namespaced else "Cluster",
                "names": {
                    "kind": kind.name,
                    "listKind": f"{kind.name}List",
                    "plural": kind.plural,
                    "singular": kind.name.lower(),
                },
                "versions": [version],
            },
        )
