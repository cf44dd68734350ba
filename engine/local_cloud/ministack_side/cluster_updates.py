"""Updates of EKS clusters and node groups, which MiniStack does not have: done at once, and remembered as AWS does."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from engine.local_cloud.ministack_side import cluster_refusals

_PATH = re.compile(
    r"/clusters/(?P<cluster>[\w-]+)/(?:node-groups/(?P<group>[\w-]+)/)?"
    r"(?P<what>update-config|update-version|updates)(?:/(?P<id>[\w-]+))?"
)
_WHOLE = ("accessConfig", "deletionProtection", "upgradePolicy", "zonalShiftConfig", "version", "releaseVersion")
_MERGED = ("resourcesVpcConfig", "scalingConfig", "updateConfig", "nodeRepairConfig")


def answer(eks: Any, method: str, path: str, raw: bytes) -> Any:
    """The answer to a request about updates; None where it is about something else."""
    asked = _PATH.fullmatch(path)
    if asked is None:
        return None
    cluster, group = eks._clusters.get(asked["cluster"]), asked["group"]
    target = eks._nodegroups.get(f"{asked['cluster']}/{group}") if group else cluster
    if cluster is None or target is None:
        kind = "nodegroup" if cluster else "cluster"
        return eks._error(404, "ResourceNotFoundException", f"No {kind} found: {group or asked['cluster']}.")
    done: list[dict[str, Any]] = cluster.setdefault("_updates", [])
    if method == "GET":
        return _told(eks, done, asked["id"])
    body = json.loads(raw or b"{}")
    after = copy.deepcopy({key: value for key, value in target.items() if key != "_updates"})
    _change(after, body)
    why = cluster_refusals.of_group(cluster, after) if group else cluster_refusals.of_cluster(target, after, body)
    if why:
        return eks._error(400, "InvalidParameterException", why)
    target.update(after)
    version = "version" in body or asked["what"] != "update-config"
    done.append(
        {
            "id": eks.new_uuid(),
            "status": "Successful",
            "type": "VersionUpdate" if version else "ConfigUpdate",
            "params": [],
            "createdAt": eks._now(),
            "errors": [],
        }
    )
    return eks._json_resp(200, {"update": done[-1]})


def _told(eks: Any, done: list[dict[str, Any]], number: str | None) -> Any:
    if number is None:
        return eks._json_resp(200, {"updateIds": [each["id"] for each in done]})
    for each in done:
        if each["id"] == number:
            return eks._json_resp(200, {"update": each})
    return eks._error(404, "ResourceNotFoundException", f"No update found: {number}.")


def _change(target: dict[str, Any], body: dict[str, Any]) -> None:
    for key in _WHOLE:
        if key in body:
            target[key] = {**target.get(key, {}), **body[key]} if isinstance(body[key], dict) else body[key]
    for key in _MERGED:
        if key in body:
            target[key] = {**target.get(key, {}), **body[key]}
    if "launchTemplate" in body:
        target["launchTemplate"] = {**target.get("launchTemplate", {}), **body["launchTemplate"]}
    if "logging" in body:
        target["logging"] = _logging(target.get("logging", {}), body["logging"])
    if isinstance(body.get("labels"), dict):
        kept = {k: v for k, v in target["labels"].items() if k not in body["labels"].get("removeLabels", ())}
        target["labels"] = {**kept, **body["labels"].get("addOrUpdateLabels", {})}
    if isinstance(body.get("taints"), dict):
        added = body["taints"].get("addOrUpdateTaints", [])
        stale = [_taint(each) for each in (*body["taints"].get("removeTaints", ()), *added)]
        target["taints"] = [each for each in target["taints"] if _taint(each) not in stale] + added


def _taint(taint: dict[str, str]) -> tuple[str, str]:
    return taint["key"], taint["effect"]


def _logging(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Kinds that are not named stay as they are."""
    on: set[str] = set()
    for setup in (*old.get("clusterLogging", ()), *new.get("clusterLogging", ())):
        on = on | set(setup["types"]) if setup.get("enabled") else on - set(setup["types"])
    return {"clusterLogging": [{"types": sorted(on), "enabled": True}] if on else []}
