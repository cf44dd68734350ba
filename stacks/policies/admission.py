"""What pods and volumes of tenants are held to in a cluster, as ValidatingAdmissionPolicies in CEL.

A namespace says whose it is by its label, which its tenant may not change; it is named by the tenant's slug. Labels of
nodes keep nobody away, taints do: so what is guarded are tolerations, node selectors and `nodeName`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from stacks.conventions import labels

Manifest: TypeAlias = Any
"""A part of an object of Kubernetes: its shape is checked by the server, in every preview."""
Rule = tuple[str, str]
"""A condition that must hold, and the sentence that is said where it does not."""

_OWN: Final = "namespaceObject.metadata.name"
_FREE_KEYS: Final = (
    labels.POOL,
    labels.GPU,
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/zone",
)
_FREE_TOLERATIONS: Final = (
    "nvidia.com/gpu",
    # these the control plane gives pods itself
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
)

_POD_RULES: Final[tuple[Rule, ...]] = (
    (
        f"variables.selectors.all(k, k in {list(_FREE_KEYS)} || (k == '{labels.SLUG}' && "
        f"variables.selectors[k] == {_OWN}))",
        "a pod of a tenant may select nodes by its own slug, pool, GPU, architecture, type and zone only",
    ),
    (
        "variables.terms.all(t, (!has(t.matchExpressions) || t.matchExpressions.all(e, "
        f"e.key in {list(_FREE_KEYS)} || (e.key == '{labels.SLUG}' && e.operator == 'In' && "
        f"e.values == [{_OWN}]))) && !has(t.matchFields))",
        "a pod of a tenant may require nodes by the same labels as it may select them by",
    ),
    (
        f"variables.tolerations.all(t, has(t.key) && (t.key in {list(_FREE_TOLERATIONS)} || "
        f"(t.key == '{labels.SLUG}' && has(t.value) && t.value == {_OWN})))",
        "a pod of a tenant may tolerate its own nodes' taint only",
    ),
    (
        "request.operation != 'CREATE' || !has(object.spec.nodeName)",
        "a pod of a tenant is put on a node by the scheduler",
    ),
    (
        f"!has(object.spec.priorityClassName) || object.spec.priorityClassName in ['', {_OWN}]",
        "a pod of a tenant has its tenant's priority class, or none",
    ),
    (
        "!has(object.spec.runtimeClassName)",
        "a pod of a tenant runs in the cluster's own runtime",
    ),
    (
        "!has(object.spec.schedulerName) || object.spec.schedulerName == 'default-scheduler'",
        "a pod of a tenant is put on a node by the cluster's scheduler",
    ),
    (
        f"!('{labels.OWN_NODES}' in namespaceObject.metadata.labels) || "
        f"('{labels.SLUG}' in variables.selectors && variables.selectors['{labels.SLUG}'] == {_OWN})",
        f"this tenant has nodes of its own: give the pod the node selector {labels.SLUG} with the namespace's name",
    ),
)

_CLAIM_RULES: Final[tuple[Rule, ...]] = (
    (
        f"has(object.spec.storageClassName) && object.spec.storageClassName == {_OWN}",
        "a volume of a tenant is of the storage class called like its namespace, which is under the tenant's key",
    ),
)

_REQUIRED: Final = "object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
_VARIABLES: Final = (
    ("selectors", "has(object.spec.nodeSelector) ? object.spec.nodeSelector : {}"),
    ("tolerations", "has(object.spec.tolerations) ? object.spec.tolerations : []"),
    (
        "terms",
        "has(object.spec.affinity) && has(object.spec.affinity.nodeAffinity) && "
        f"has({_REQUIRED}) ? {_REQUIRED}.nodeSelectorTerms : []",
    ),
)


def pods() -> Manifest:
    """The spec for pods, made or changed."""
    return _policy("pods", ("CREATE", "UPDATE"), _POD_RULES, _VARIABLES)


def claims() -> Manifest:
    """The spec for claims of volumes, when they are made."""
    return _policy("persistentvolumeclaims", ("CREATE",), _CLAIM_RULES, ())


def binding(policy: str) -> Manifest:
    """The spec that puts a policy in force in every tenant's namespace."""
    whose = {"matchExpressions": [{"key": labels.SLUG, "operator": "Exists"}]}
    return {
        "policyName": policy,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": whose},
    }


def _policy(
    resource: str, operations: Sequence[str], rules: Sequence[Rule], variables: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    matched = {"apiGroups": [""], "apiVersions": ["v1"], "operations": list(operations), "resources": [resource]}
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [matched]},
        "validations": [{"expression": expression, "message": message} for expression, message in rules],
    }
    if variables:
        spec["variables"] = [{"name": name, "expression": expression} for name, expression in variables]
    return spec
