"""NVIDIA's device plugin in a cluster, as plain objects: its configurations, and a daemon set for each. Pure.

EKS has no add-on of it. A node's label says which configuration holds there; without one, the plugin's own does.
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

from stacks.conventions import labels
from stacks.inputs import sharing

Manifest: TypeAlias = Any
"""An object of Kubernetes, or a part of one: its shape is checked by the server, in every preview."""

NAME: Final = "nvidia-device-plugin"
NAMESPACE: Final = "kube-system"
SHARED: Final = "shared"
"""Nodes whose GPUs tenants share: whole, and passed as mounts."""
MIG: Final = "mig"
CONFIGURATIONS: Final[dict[str, dict[str, Any]]] = {
    SHARED: {"version": "v1", "flags": {"migStrategy": "none", "plugin": {"deviceListStrategy": "volume-mounts"}}},
    MIG: {"version": "v1", "flags": {"migStrategy": "single"}},
    sharing.TIME_SLICING: {
        "version": "v1",
        "sharing": {"timeSlicing": {"resources": [{"name": "nvidia.com/gpu", "replicas": sharing.REPLICAS}]}},
    },
}
_IMAGE: Final = "nvcr.io/nvidia/k8s-device-plugin:v0.17.4"
_SOCKETS: Final = "/var/lib/kubelet/device-plugins"
_ALL_DEVICES: Final = "/var/run/nvidia-container-devices/all"
"""Where a mount gives a container all GPUs of a node whose toolkit takes no environment (NVIDIA container toolkit)."""


def identity(configuration: str = "") -> Manifest:
    """Metadata of the daemon set, or of the map of configurations."""
    name = _called(configuration)
    return {"name": name, "namespace": NAMESPACE, "labels": _named(name)}


def configurations() -> dict[str, str]:
    """Data of the map: each configuration as a file."""
    return {name: json.dumps(each, sort_keys=True) for name, each in sorted(CONFIGURATIONS.items())}


def daemon_set(configuration: str = "") -> Manifest:
    """The spec of the plugin on nodes with this configuration; on those without any for none."""
    name = _named(_called(configuration))
    mounts: list[dict[str, Any]] = [{"name": "device-plugins", "mountPath": _SOCKETS}]
    volumes: list[dict[str, Any]] = [{"name": "device-plugins", "hostPath": {"path": _SOCKETS}}]
    container: dict[str, Any] = {
        "name": NAME,
        "image": _IMAGE,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": mounts,
    }
    if configuration:
        container["args"] = [f"--config-file=/config/{configuration}"]
        mounts.append({"name": "config", "mountPath": "/config", "readOnly": True})
        volumes.append({"name": "config", "configMap": {"name": NAME}})
    if configuration == SHARED:
        mounts.append({"name": "all-devices", "mountPath": _ALL_DEVICES})
        volumes.append({"name": "all-devices", "hostPath": {"path": "/dev/null"}})
    pod: dict[str, Any] = {
        "priorityClassName": "system-node-critical",
        "automountServiceAccountToken": False,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "tolerations": [
            {"key": key, "operator": "Exists"} for key in (labels.SLUG, labels.GPU_SHARE, "nvidia.com/gpu")
        ],
        "affinity": _on(configuration),
        "containers": [container],
        "volumes": volumes,
    }
    return {
        "selector": {"matchLabels": name},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": {"metadata": {"labels": name}, "spec": pod},
    }


def _on(configuration: str) -> dict[str, Any]:
    """Nodes with GPUs, of this configuration or of none."""
    chosen: dict[str, Any] = {"key": labels.PLUGIN, "operator": "DoesNotExist"}
    if configuration:
        chosen = {"key": labels.PLUGIN, "operator": "In", "values": [configuration]}
    gpus = {"key": labels.GPU, "operator": "In", "values": ["true"]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [gpus, chosen]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def _called(configuration: str) -> str:
    return f"{NAME}-{configuration}" if configuration else NAME


def _named(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name}
