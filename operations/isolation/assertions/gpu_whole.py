"""A GPU that is cut in time keeps neither memory nor faults apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from operations.isolation.model import Assertion, Level, Report, finding, there
from operations.isolation.ports import Case
from stacks.conventions import labels
from stacks.inputs import sharing
from stacks.policies import device_plugin

ASSERTION = Assertion(
    id="gpu-whole",
    numbers=(78,),
    claim="No GPU that tenants share is cut, in time or by MPS, and none that is cut so is open to all.",
    kind="gpu_share",
    level=Level.CONFIG,
    answers=("gpu_share.SHARED_GPUS_ARE_WHOLE",),
    control="The configuration of the device plugin for shared nodes passes GPUs as mounts.",
    remedy="Put the cell's device plugin back: `tenant shared apply`. Give nodes with `sharing` an owner.",
)
_MAP = f"/api/v1/namespaces/{device_plugin.NAMESPACE}/configmaps/{device_plugin.NAME}"


def check(case: Case) -> Report:
    """The plugin's configuration for shared nodes, and the labels and taints of nodes that say otherwise."""

    def shared() -> Any:
        return json.loads(case.objects(_MAP)["data"][device_plugin.SHARED])

    def as_mounts() -> bool:
        plugin = shared().get("flags", {}).get("plugin", {})
        return bool(plugin.get("deviceListStrategy") == "volume-mounts")

    return Report(
        (there("shared GPUs are passed as mounts", as_mounts),),
        (
            finding("ways in which shared GPUs are cut", lambda: sorted(shared().get("sharing", {}))),
            finding("nodes with cut GPUs and no owner", lambda: sorted(_open(case.objects("/api/v1/nodes")["items"]))),
        ),
    )


def _open(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """Names of nodes whose GPUs are cut in time and that not one tenant alone gets to."""
    for node in nodes:
        named = node["metadata"].get("labels", {})
        taints = node.get("spec", {}).get("taints", [])
        owners = {taint.get("value") for taint in taints if taint["key"] == labels.SLUG}
        if named.get(labels.PLUGIN) == sharing.TIME_SLICING and owners != {named.get(labels.SLUG)}:
            yield str(node["metadata"]["name"])
