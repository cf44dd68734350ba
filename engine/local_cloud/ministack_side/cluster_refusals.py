"""Changes of a cluster or node group that EKS would not make: said of the record before and as it would be after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.local_cloud.ministack_side import cluster_catalogue

_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")  # one way only
_KINDS = (
    ("resourcesVpcConfig", ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")),
    ("resourcesVpcConfig", ("subnetIds", "securityGroupIds")),
    *((member, ()) for member in ("logging", "accessConfig", "upgradePolicy", "zonalShiftConfig")),
    ("deletionProtection", ()),
)


def of_cluster(before: dict[str, Any], after: dict[str, Any], body: dict[str, Any]) -> str:
    """Why the change is refused; empty where it is not."""
    if "version" in body:
        return _of_version(before["version"], after["version"])
    return next(_of_configuration(before, after, body), "")


def of_group(cluster: dict[str, Any], after: dict[str, Any]) -> str:
    """Why a node group as it would be is refused; empty where it is not."""
    sizes = after["scalingConfig"]
    least, wanted, most = (sizes.get(name) for name in ("minSize", "desiredSize", "maxSize"))
    if least is not None and wanted is not None and least > wanted:
        return f"Minimum capacity {least} can't be greater than desired size {wanted}"
    if most is not None and wanted is not None and wanted > most:
        return f"desired capacity {wanted} can't be greater than max size {most}"
    if _minor(after["version"]) > _minor(cluster["version"]):
        return f"Node group version {after['version']} is above the cluster's {cluster['version']}"
    return ""


def _of_version(before: str, after: str) -> str:
    if after == before:
        return f"Cluster is already at version: {before}"
    if _minor(after) != _minor(before) + 1:
        return f"Unsupported Kubernetes minor version update from {before} to {after}"
    return "" if after in cluster_catalogue.offered() else f"unsupported Kubernetes version {after}"


def _of_configuration(before: dict[str, Any], after: dict[str, Any], body: dict[str, Any]) -> Iterator[str]:
    sent = [kind for kind in _KINDS if _is_in(body, *kind)]
    if len(sent) > 1:
        yield "Only one type of update can be allowed."
    network = after["resourcesVpcConfig"]
    if not network["endpointPublicAccess"] and not network["endpointPrivateAccess"]:
        yield "Private and public endpoint access cannot be false"
    modes = [
        _MODES.index(each.get("accessConfig", {}).get("authenticationMode", _MODES[0])) for each in (before, after)
    ]
    if modes[1] < modes[0]:
        yield f"Unsupported authentication mode update from {_MODES[modes[0]]} to {_MODES[modes[1]]}"
    if all(after.get(member) == before.get(member) for member, _ in sent):
        yield _unchanged(sent[0][0], network) if sent else "No changes requested."


def _unchanged(member: str, network: dict[str, Any]) -> str:
    if member != "resourcesVpcConfig":
        return f"No changes needed for the {member} config provided"
    private, public = (str(network[f"endpoint{kind}Access"]).lower() for kind in ("Private", "Public"))
    ranges = ", ".join(network["publicAccessCidrs"])
    return (
        f"Cluster is already at the desired configuration with endpointPrivateAccess: {private} , "
        f"endpointPublicAccess: {public}, and Public Endpoint Restrictions: [{ranges}]"
    )


def _is_in(body: dict[str, Any], member: str, keys: tuple[str, ...]) -> bool:
    sent = body.get(member)
    return sent is not None and (not keys or any(key in sent for key in keys))


def _minor(version: str) -> int:
    return int(version.split(".")[1])
