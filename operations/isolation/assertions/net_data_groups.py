"""The groups around a tenant's data let its own workloads in, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from operations.isolation.model import Assertion, Level, Report, Shows, finding, there
from operations.isolation.ports import Case
from stacks.resources.network.spec import NetworkSpec

ASSERTION = Assertion(
    id="net-data-groups",
    numbers=(48, 82),
    claim="Only the tenant's own workloads reach its database and cache, and nobody reaches those but its balancer.",
    kind="network",
    level=Level.CONFIG,
    answers=("network.NEIGHBOURS_CANNOT_REACH_DATA_PORTS", "ingress.OUTSIDERS_REACH_NO_POD"),
    control="The tenant's own workloads are let in.",
    remedy="Take the rule away: `tenant apply TENANT --refresh`.",
    shows=Shows(local="the rules are read; no packets flow there", aws="the rules are read"),
)


def check(case: Case) -> Report:
    """Read from the rules of both groups."""
    groups: dict[str, str] = case.a.outputs["securityGroups"]
    data, workloads = groups["data"], groups["workloads"]
    into_data, into_workloads = list(_ingress(case, data)), list(_ingress(case, workloads))
    web = case.a.blueprint.of(NetworkSpec).web_port
    return Report(
        (there("its own workloads reach its data", lambda: any(_source(each) == workloads for each in into_data)),),
        (
            finding("others who reach its data", lambda: _others(into_data, {workloads})),
            finding(
                "others who reach its workloads",
                lambda: _others([each for each in into_workloads if each.get("FromPort") != web], {workloads}),
            ),
        ),
    )


def _ingress(case: Case, group: str) -> Iterator[Mapping[str, Any]]:
    asked = [{"Name": "group-id", "Values": [group]}]
    for rule in case.read("ec2", "DescribeSecurityGroupRules", Filters=asked)["SecurityGroupRules"]:
        if not rule["IsEgress"]:
            yield rule


def _source(rule: Mapping[str, Any]) -> str:
    """Whom a rule lets in: a group, a prefix list or a range."""
    group: str = rule["ReferencedGroupInfo"]["GroupId"] if rule.get("ReferencedGroupInfo") else ""
    return str(group or rule.get("PrefixListId") or rule.get("CidrIpv4") or rule.get("CidrIpv6") or "unknown")


def _others(rules: list[Mapping[str, Any]], known: set[str]) -> list[str]:
    return sorted(f"{_source(each)} on {each.get('FromPort')}" for each in rules if _source(each) not in known)
