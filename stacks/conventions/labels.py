"""Labels and taints in clusters: the one place that says how a tenant's namespace and nodes are told from others'.

Kubernetes takes 63 characters of a narrower alphabet than AWS's tags, so what does not fit a label is an annotation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

SLUG: Final = "tenant/slug"
"""Whose a namespace or a node is. Only shared services and the tenants' stacks may set it."""
POOL: Final = "tenant/pool"
GPU: Final = "tenant/gpu"
OWN_NODES: Final = "tenant/own-nodes"
GPU_SHARE: Final = "tenant/gpu-share"
"""Taint of nodes whose GPUs tenants share, and label of the namespaces that have a share of them."""
GPU_QUEUE: Final = "tenant/gpu-queue"
"""Label of a namespace: the queue that pods for shared GPUs are put into."""
QUEUE: Final = "kueue.x-k8s.io/queue-name"
"""Kueue's label of what is put into a queue."""
PLUGIN: Final = "nvidia.com/device-plugin.config"
"""NVIDIA's label of a node: which configuration of the device plugin holds there."""
POD_SECURITY: Final = "pod-security.kubernetes.io"

_VALUE: Final = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")


def of_node(owner: str, role: str, *, gpu: bool, plugin: str = "") -> dict[str, str]:
    """A node's labels; `owner` is the slug of the tenant whose it is, empty where all share it.

    `plugin` is the configuration of the device plugin, empty for the plugin's own.
    """
    whose = {POOL: role} | ({SLUG: owner} if owner else {})
    return whose | ({GPU: "true"} if gpu else {}) | ({PLUGIN: plugin} if plugin else {})


def taints(owner: str, *, gpu_share: bool = False) -> tuple[dict[str, str], ...]:
    """What keeps others' pods off a tenant's nodes, and all without a share off shared GPUs, as EKS spells taints."""
    own = ({"key": SLUG, "value": owner, "effect": "NO_SCHEDULE"},) if owner else ()
    return (*own, *(({"key": GPU_SHARE, "value": "true", "effect": "NO_SCHEDULE"},) if gpu_share else ()))


def split(tags: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A stack's tags as labels and as annotations, under `tenant/`: what a label can't hold is an annotation."""
    named = {f"tenant/{key}": value for key, value in tags.items()}
    labels = {key: value for key, value in named.items() if _VALUE.fullmatch(value)}
    return labels, {key: value for key, value in named.items() if key not in labels}
