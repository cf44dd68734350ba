"""The groups around a tenant's data let its own workloads in, and nobody else."""

from __future__ import annotations

from operations.isolation import groups
from operations.isolation.model import Assertion, Level, Party, Report, Shows, finding, there
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


def applies(a: Party, b: Party | None) -> bool:
    """Where it has data services of its own."""
    return bool(a.blueprint.of(NetworkSpec).data_ports)


def check(case: Case) -> Report:
    """Read from the rules of both groups."""
    own: dict[str, str] = case.a.outputs["securityGroups"]
    data, workloads = own["data"], own["workloads"]
    into_data, into_workloads = groups.ingress(case, data), groups.ingress(case, workloads)
    web = case.a.blueprint.of(NetworkSpec).web_port
    return Report(
        (
            there(
                "its own workloads reach its data", lambda: any(groups.source(each) == workloads for each in into_data)
            ),
        ),
        (
            finding("others who reach its data", lambda: groups.others(into_data, {workloads})),
            finding(
                "others who reach its workloads",
                lambda: groups.others([each for each in into_workloads if each.get("FromPort") != web], {workloads}),
            ),
        ),
    )
