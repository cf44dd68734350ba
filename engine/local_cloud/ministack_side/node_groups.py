"""What a node group is on AWS besides its record: an Auto Scaling group, which lives in moto, made of a template."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

from engine.local_cloud import link
from engine.local_cloud.home import Settings

_OWNED = "owned"
_USUAL_TYPE = "t3.medium"
_log = logging.getLogger("node-groups")


def template(settings: Settings, account: str, region: str, asked: dict[str, str]) -> dict[str, str] | None:
    """Id, name, version and instance type of the launch template that is asked for; None where it is not there."""
    which = (asked.get("id", ""), asked.get("name", ""), asked.get("version", ""))
    found: dict[str, str] | None = link.ask(settings.moto, settings, "launch-template", account, region, *which)
    return found


def refusal(asked: dict[str, Any], found: dict[str, str] | None) -> str:
    """Why EKS makes no node group of this template; empty where it does."""
    if found is None:
        named = asked["launchTemplate"].get("id") or asked["launchTemplate"].get("name")
        return f"Launch template {named} or its version could not be found."
    if asked.get("diskSize"):
        return "Disk size must be specified within the launch template."
    if asked.get("instanceTypes") and found["type"]:
        return "Instance types are either the launch template's or the node group's, not both."
    return ""


def shown(found: dict[str, str]) -> dict[str, Any]:
    """What DescribeNodegroup tells of a group that was made of this template."""
    template = {key: found[key] for key in ("id", "name", "version")}
    return {"launchTemplate": template, **({"instanceTypes": []} if found["type"] else {})}


def kind(settings: Settings, account: str, region: str, group: dict[str, Any]) -> str:
    """The instance type of its nodes: its own first one, or its template's."""
    if group["instanceTypes"]:
        return str(group["instanceTypes"][0])
    found = template(settings, account, region, group["launchTemplate"])
    return (found or {}).get("type") or _USUAL_TYPE


class ScalingGroups:
    """Keeps an Auto Scaling group in moto for each node group here, of its size."""

    def __init__(self, settings: Settings, eks: Any) -> None:
        self._settings, self._eks = settings, eks
        self._done = ""
        self._lock = threading.Lock()

    def converge(self) -> None:
        """Say what shall be, where that is news. What can't be said now is said at a later look."""
        with self._lock:
            wanted = list(_wanted(self._eks))
            if (digest := repr(wanted)) == self._done:
                return
            try:
                link.tell(self._settings.moto, self._settings, "scaling-groups", wanted)
                self._done = digest
            except OSError as fault:
                if wanted:  # at the start moto may be the later one
                    _log.warning("Auto Scaling groups: %s", fault)


def _wanted(eks: Any) -> Iterator[dict[str, Any]]:
    for (account, region, _), group in list(eks._nodegroups.all_items()):
        cluster, sizes = group["clusterName"], group["scalingConfig"]
        for each in group["resources"]["autoScalingGroups"]:
            yield {
                "account": account,
                "region": region,
                "name": each["name"],
                "subnets": group["subnets"],
                "least": sizes.get("minSize", 1),
                "most": sizes.get("maxSize", 2),
                "wanted": sizes.get("desiredSize", 1),
                "tags": {
                    "eks:cluster-name": cluster,
                    "eks:nodegroup-name": group["nodegroupName"],
                    "k8s.io/cluster-autoscaler/enabled": "true",
                    f"k8s.io/cluster-autoscaler/{cluster}": _OWNED,
                    f"kubernetes.io/cluster/{cluster}": _OWNED,
                },
            }
