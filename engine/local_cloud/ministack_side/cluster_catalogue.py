"""What EKS offers: versions of Kubernetes, add-ons, access policies. Lists that MiniStack has no routes for.

The newest version is the one that the local control plane really is; the six before it are offered too, as on AWS,
and are then numbers only. The add-ons' versions are made up: one for each version of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.local_cloud.kubernetes import binary

_OFFERED = 7
_STANDARD = 4
_PUBLISHER = {"publisher": "eks", "owner": "aws"}
_ADDONS = {
    "vpc-cni": ("networking", 1, 20),
    "coredns": ("networking", 1, 12),
    "kube-proxy": ("networking", 1, 0),
    "aws-ebs-csi-driver": ("storage", 1, 45),
    "aws-mountpoint-s3-csi-driver": ("storage", 2, 0),
    "eks-pod-identity-agent": ("security", 1, 3),
    "metrics-server": ("observability", 0, 8),
    "amazon-cloudwatch-observability": ("observability", 4, 1),
}
_POLICY = "arn:aws:eks::aws:cluster-access-policy/"


def offered() -> tuple[str, ...]:
    """Versions of Kubernetes that a cluster can be made with, newest first."""
    major, minor = binary.KUBERNETES.split(".")[:2]
    return tuple(f"{major}.{int(minor) - step}" for step in range(_OFFERED))


def answer(eks: Any, method: str, path: str, query: Mapping[str, Any]) -> Any:
    """The answer to a question for what is offered; None where it is about something else."""
    if method != "GET":
        return None
    match path:
        case "/cluster-versions":
            asked = _all(query, "clusterVersions")
            found = [_version(number, each) for number, each in enumerate(offered()) if not asked or each in asked]
            return eks._json_resp(200, {"clusterVersions": found})
        case "/addons/supported-versions":
            return eks._json_resp(200, {"addons": _addons(query)})
        case "/access-policies":
            names = sorted(eks._ACCESS_POLICY_RULES)
            policies = [{"name": name, "arn": f"{_POLICY}{name}"} for name in names]
            return eks._json_resp(200, {"accessPolicies": policies})
        case _:
            return None


def _version(number: int, version: str) -> dict[str, Any]:
    status = "STANDARD_SUPPORT" if number < _STANDARD else "EXTENDED_SUPPORT"
    return {
        "clusterVersion": version,
        "clusterType": "eks",
        "defaultVersion": number == 0,
        "status": status.lower(),
        "versionStatus": status,
        "kubernetesPatchVersion": f"{version}.0",
    }


def _addons(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = _all(query, "addonName") or sorted(_ADDONS)
    versions = _all(query, "kubernetesVersion") or list(offered())
    return [_addon(name, versions) for name in names if name in _ADDONS]


def _addon(name: str, versions: list[str]) -> dict[str, Any]:
    kind, major, minor = _ADDONS[name]
    newest = int(offered()[0].split(".")[1])
    made: list[dict[str, Any]] = []
    for version in versions:
        behind = newest - int(version.split(".")[1])
        number = f"v{version}.0" if name == "kube-proxy" else f"v{major}.{max(minor - behind, 0)}.0"
        fits = {"clusterVersion": version, "platformVersions": ["*"], "defaultVersion": True}
        made.append({"addonVersion": f"{number}-eksbuild.1", "architecture": ["amd64"], "compatibilities": [fits]})
    return {"addonName": name, "type": kind, **_PUBLISHER, "addonVersions": made}


def _all(query: Mapping[str, Any], name: str) -> list[str]:
    found: str | list[str] = query.get(name, [])
    return [found] if isinstance(found, str) else found
