"""A node's metadata gives out the node's role: by its launch template, not to pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.isolation.model import Assertion, Level, Party, Report, Shows, finding, there
from operations.isolation.ports import Case
from stacks.resources.node_pool.spec import NodePoolSpec

ASSERTION = Assertion(
    id="nodes-metadata",
    numbers=(68,),
    claim="Launch templates of the tenant's nodes ask for IMDSv2, whose answers go one hop far: to no pod.",
    kind="node_pool",
    level=Level.CONFIG,
    answers=("node_pool.NEIGHBOURS_NODES_REFUSE_PODS",),
    control="Each pool has a launch template.",
    remedy="Put the template back, `tenant apply TENANT --refresh`, and replace nodes that started by another one.",
    shows=Shows(local="the template is read; no node starts there", aws="the template is read, and no node"),
)


def applies(a: Party, b: Party | None) -> bool:
    """Whether it has nodes of its own."""
    return bool(a.blueprint.of(NodePoolSpec).pools)


def check(case: Case) -> Report:
    """Read from the version that a pool uses, and from the one that whoever names none would."""
    found = {pool.name: _versions(case, pool.name) for pool in case.a.blueprint.of(NodePoolSpec).pools}
    return Report(
        tuple(there(f"a launch template of {name}", lambda v=versions: bool(v)) for name, versions in found.items()),
        (finding("versions that open it", lambda: [each for name in sorted(found) for each in _open(found[name])]),),
    )


def _versions(case: Case, pool: str) -> list[dict[str, Any]]:
    group = case.read("eks", "DescribeNodegroup", clusterName=case.a.said("cluster"), nodegroupName=pool)["nodegroup"]
    used = group["launchTemplate"]
    asked = {"LaunchTemplateId": used["id"], "Versions": [str(used["version"]), "$Default", "$Latest"]}
    return list(case.read("ec2", "DescribeLaunchTemplateVersions", **asked)["LaunchTemplateVersions"])


def _open(versions: list[dict[str, Any]]) -> Iterator[str]:
    numbered = {each["VersionNumber"]: each for each in versions}
    for number, said in sorted(numbered.items()):
        options = said["LaunchTemplateData"].get("MetadataOptions", {})
        if options.get("HttpTokens") != "required" or options.get("HttpPutResponseHopLimit") != 1:
            yield f"{said['LaunchTemplateName']}, version {number}"
