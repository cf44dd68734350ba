"""What pods and volumes of tenants are held to in a cluster, as ValidatingAdmissionPolicies in CEL.

A namespace says whose it is by its label, the tenant's slug, which nobody who works in it may change. Labels of
nodes keep nobody away, taints do: so what is guarded are tolerations, node selectors and `nodeName`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from stacks.conventions import labels, naming

Manifest: TypeAlias = Any
"""A part of an object of Kubernetes: its shape is checked by the server, in every preview."""
Rule = tuple[str, str]
"""A condition that must hold, and the sentence that is said where it does not."""

_OWN: Final = f"namespaceObject.metadata.labels['{labels.SLUG}']"
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
        f"(t.key == '{labels.SLUG}' && has(t.value) && t.value == {_OWN}) || "
        f"(t.key == '{labels.GPU_SHARE}' && '{labels.GPU_SHARE}' in namespaceObject.metadata.labels)))",
        "a pod of a tenant may tolerate its own nodes' taint only, and that of shared GPUs where it has a share",
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
        f"this tenant has nodes of its own: give the pod the node selector {labels.SLUG} with the tenant's slug",
    ),
)

_SHARED_GPU_RULES: Final[tuple[Rule, ...]] = (
    (
        f"!variables.tolerations.exists(t, has(t.key) && t.key == '{labels.GPU_SHARE}') || variables.gpus",
        "a pod goes to nodes with shared GPUs for a GPU: let it ask for nvidia.com/gpu",
    ),
    (
        f"!variables.gpus || !('{labels.GPU_QUEUE}' in namespaceObject.metadata.labels) || "
        f"('{labels.SLUG}' in variables.selectors && variables.selectors['{labels.SLUG}'] == {_OWN}) || "
        f"('{labels.QUEUE}' in variables.labels && "
        f"variables.labels['{labels.QUEUE}'] == namespaceObject.metadata.labels['{labels.GPU_QUEUE}'])",
        f"a pod that asks for a shared GPU waits in its tenant's queue: give it the label {labels.QUEUE} with the "
        f"value of its namespace's label {labels.GPU_QUEUE}, or select the tenant's own nodes",
    ),
)
"""Nodes with shared GPUs, and the queue before them."""

_OF_MODEL: Final = f"has({{0}}.spec.volumeName) && {{0}}.spec.volumeName.startsWith({_OWN} + '{naming.MODEL_VOLUME}')"
_CLAIM_RULES: Final[tuple[Rule, ...]] = (
    (
        "request.operation == 'DELETE' || (has(object.spec.storageClassName) && "
        f"(object.spec.storageClassName == {_OWN} || "
        f"(object.spec.storageClassName == '' && {_OF_MODEL.format('object')})))",
        "a volume of a tenant is of the storage class called like its slug, which is under the tenant's key",
    ),
    (
        f"request.operation != 'DELETE' || !({_OF_MODEL.format('oldObject')}) || "
        "!request.userInfo.groups.exists(g, g == namespaceObject.metadata.name)",
        "a claim of a shared model goes when the tenant's profile no longer names it",
    ),
)
"""A volume of a model is made for one claim; bound to another after it, Kubernetes would give it to nobody."""

_REQUIRED: Final = "object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
_GPU: Final = "nvidia.com/gpu"
_VARIABLES: Final = (
    ("labels", "has(object.metadata.labels) ? object.metadata.labels : {}"),
    (
        "gpus",
        "object.spec.containers.exists(c, has(c.resources) && has(c.resources.limits) && "
        f"'{_GPU}' in c.resources.limits && "
        f"quantity(string(c.resources.limits['{_GPU}'])).isGreaterThan(quantity('0')))",
    ),
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
    return _policy("pods", ("CREATE", "UPDATE"), (*_POD_RULES, *_SHARED_GPU_RULES), _VARIABLES)


def claims() -> Manifest:
    """The spec for claims of volumes, when they are made or deleted."""
    return _policy("persistentvolumeclaims", ("CREATE", "DELETE"), _CLAIM_RULES, ())


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
