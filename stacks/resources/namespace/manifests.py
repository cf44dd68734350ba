"""What stands in a tenant's namespace, as plain objects of Kubernetes: pure, from its spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from stacks.conventions import labels, naming
from stacks.conventions.capacity import BURST, POD_CPU, POD_MEMORY_GB
from stacks.resources.namespace.spec import NamespaceSpec

Manifest: TypeAlias = Any
"""An object of Kubernetes, or a part of one: its shape is checked by the server, in every preview."""

_DNS_PORT: Final = 53
_HTTPS: Final = 443
_AGENT: Final = "169.254.170.23/32"
"""Where EKS's Pod Identity agent answers pods (EKS UserGuide, pod-id-agent-setup)."""
_AGENT_PORT: Final = 80
_PRIVATE: Final = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
_PRIORITY_STEP: Final = 1000
_MOUNTPOINT: Final = "s3.csi.aws.com"
_MANY_READ: Final = "ReadOnlyMany"
_NO_SIZE: Final = "1Mi"

RBAC: Final = "rbac.authorization.k8s.io"
_EDIT: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_LOOK: Final = ("get", "list", "watch")


def identity(spec: NamespaceSpec, tags: Mapping[str, str]) -> Manifest:
    """Metadata of the namespace: whose it is, what it costs whom, and that its pods are held to `restricted`."""
    named, notes = labels.split(tags)
    held = {f"{labels.POD_SECURITY}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    own = {labels.OWN_NODES: "true"} if spec.own_nodes else {}
    share = {labels.GPU_SHARE: "true"} if spec.gpu_share else {}
    queue = {labels.GPU_QUEUE: spec.gpu_queue} if spec.gpu_queue else {}
    return {
        "name": spec.name,
        "labels": {**named, **held, **own, **share, **queue, labels.SLUG: spec.slug},
        "annotations": notes,
    }


def quota(spec: NamespaceSpec) -> Manifest:
    """Requests are what is counted; limits may be more, up to the burst. No way in from outside but the cell's own."""
    return {
        "hard": {
            "requests.cpu": str(spec.cpu),
            "requests.memory": f"{spec.memory_gb}Gi",
            "limits.cpu": str(spec.cpu * BURST),
            "limits.memory": f"{spec.memory_gb * BURST}Gi",
            "pods": str(spec.pods),
            "requests.storage": f"{spec.storage_gb}Gi",
            f"{spec.slug}.storageclass.storage.k8s.io/requests.storage": f"{spec.storage_gb}Gi",
            "requests.nvidia.com/gpu": str(spec.gpus),
            "services.nodeports": "0",
            "services.loadbalancers": "0",
        }
    }


def limits(spec: NamespaceSpec) -> Manifest:
    """What a container gets that asks for nothing, and the most that one may ask for: all that the tenant has."""
    milli, megabytes = round(POD_CPU * 1000), round(POD_MEMORY_GB * 1024)
    return {
        "limits": [
            {
                "type": "Container",
                "defaultRequest": {"cpu": f"{milli}m", "memory": f"{megabytes}Mi"},
                "default": {"cpu": f"{milli * BURST}m", "memory": f"{megabytes * BURST}Mi"},
                "max": {"cpu": str(spec.cpu * BURST), "memory": f"{spec.memory_gb * BURST}Gi"},
            }
        ]
    }


def network(spec: NamespaceSpec) -> dict[str, Manifest]:
    """Nothing comes in or goes out; then DNS, each other, own data, and AWS by its endpoints or the internet."""
    everyone: dict[str, Any] = {}
    dns = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    return {
        "deny-all": {"podSelector": everyone, "policyTypes": ["Egress", "Ingress"]},
        "dns": _out([dns], [("UDP", _DNS_PORT), ("TCP", _DNS_PORT)]),
        "own-pods": {
            "podSelector": everyone,
            "policyTypes": ["Egress", "Ingress"],
            "ingress": [{"from": [{"podSelector": everyone}]}],
            "egress": [{"to": [{"podSelector": everyone}]}],
        },
        "own-data": _out([_range(cidr) for cidr in spec.data_cidrs], [("TCP", port) for port in spec.data_ports]),
        "aws": _out(
            [*map(_range, spec.endpoint_cidrs), _range("0.0.0.0/0", list(_PRIVATE))],
            [("TCP", _HTTPS)],
        ),
        **_web(spec),
        "pod-identity": _out([_range(_AGENT)], [("TCP", _AGENT_PORT)]),
    }


def _web(spec: NamespaceSpec) -> dict[str, Manifest]:
    """The cell's load balancer comes in on one port, where the tenant has a public name."""
    if not spec.web_port:
        return {}
    sources = [_range(cidr) for cidr in spec.web_cidrs]
    way = {"from": sources, "ports": [{"protocol": "TCP", "port": spec.web_port}]}
    return {"web": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [way]}}


def _out(to: list[dict[str, Any]], ports: list[tuple[str, int]]) -> dict[str, Any]:
    allowed = {"to": to, "ports": [{"protocol": protocol, "port": port} for protocol, port in ports]}
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [allowed]}


def _range(cidr: str, without: list[str] | None = None) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr} | ({"except": without} if without else {})}


def model_volume(spec: NamespaceSpec, model: str) -> Manifest:
    """A folder of the cell's models, mounted by Mountpoint for S3 as the pod's own role, for one claim alone.

    Its size means nothing to the driver, which wants one (github.com/awslabs/mountpoint-s3-csi-driver, CONFIGURATION).
    """
    return {
        "accessModes": [_MANY_READ],
        "capacity": {"storage": _NO_SIZE},
        "storageClassName": "",
        "persistentVolumeReclaimPolicy": "Retain",
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": spec.name, "name": claim(model)},
        "mountOptions": ["read-only", f"prefix {model}/"],
        "csi": {
            "driver": _MOUNTPOINT,
            "volumeHandle": naming.model_volume(spec.slug, model),
            "volumeAttributes": {"bucketName": spec.model_bucket, "authenticationSource": "pod"},
        },
    }


def model_claim(spec: NamespaceSpec, model: str) -> Manifest:
    """What pods mount the folder by."""
    return {
        "accessModes": [_MANY_READ],
        "storageClassName": "",
        "volumeName": naming.model_volume(spec.slug, model),
        "resources": {"requests": {"storage": _NO_SIZE}},
    }


def claim(model: str) -> str:
    """Name of a model's claim in its tenant's namespace."""
    return f"model-{model}"


def rules() -> Manifest:
    """What the tenant's people may do: work with what runs; read, and not change, what holds them."""
    return [
        _may(["", "apps", "autoscaling", "batch", "policy"], ["*"], _LOOK),
        _may(
            [""],
            ["configmaps", "persistentvolumeclaims", "pods", "pods/exec", "pods/portforward", "secrets", "services"],
            _EDIT,
        ),
        _may([""], ["pods/log"], _LOOK),
        _may(["apps"], ["daemonsets", "deployments", "deployments/scale", "statefulsets", "statefulsets/scale"], _EDIT),
        _may(["autoscaling"], ["horizontalpodautoscalers"], _EDIT),
        _may(["batch"], ["cronjobs", "jobs"], _EDIT),
        _may(["policy"], ["poddisruptionbudgets"], _EDIT),
        _may(["networking.k8s.io"], ["networkpolicies"], _LOOK),
        _may(["kueue.x-k8s.io"], ["localqueues", "workloads"], _LOOK),
    ]


def member(spec: NamespaceSpec) -> Manifest:
    """Who those who work in it are to the cluster: the group that is called like the namespace."""
    return {"apiGroup": RBAC, "kind": "Group", "name": spec.name}


def _may(groups: list[str], resources: list[str], verbs: tuple[str, ...]) -> dict[str, Any]:
    return {"apiGroups": groups, "resources": resources, "verbs": list(verbs)}


def priority(spec: NamespaceSpec) -> int:
    """The higher the tier, the sooner its pods get a place; never one that another pod has already."""
    return spec.rank * _PRIORITY_STEP
