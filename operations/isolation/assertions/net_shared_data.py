"""What tenants share is reached by their workloads, which are in one group, and by nobody else."""

from __future__ import annotations

from typing import Final

from operations.isolation import groups
from operations.isolation.model import SHARED, Assertion, Level, Report, Shows, Unclear, finding, there
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.network.spec import NetworkSpec

ASSERTION = Assertion(
    id="net-shared-data",
    numbers=(48, 82),
    claim="Only the group of tenants' workloads reaches a shared server, and nobody reaches those workloads.",
    kind="database",
    level=Level.CONFIG,
    models=SHARED,
    answers=("database.NEIGHBOURS_CANNOT_LOG_IN", "ingress.OUTSIDERS_REACH_NO_POD"),
    control="The group of its clients is let in.",
    remedy="Take the rule away: `tenant shared apply`; of the tenant's own group: `tenant apply TENANT --refresh`.",
    shows=Shows(local="the rules are read; no packets flow there", aws="the rules are read"),
)

_DATA: Final = "-shared-data"
_CLIENTS: Final = "-shared-data-clients"


def check(case: Case) -> Report:
    """Read from the groups that the server is in, and from the tenant's own."""
    held = _server_groups(case)
    (data,) = [group for group in held if _name(case, group).endswith(_DATA)] or [""]
    into, own = groups.ingress(case, data), case.a.outputs["securityGroups"]["workloads"]
    clients = {each for each in map(groups.source, into) if each.startswith("sg-") and _is_clients(case, each)}
    web = case.a.blueprint.of(NetworkSpec).web_port
    reached = [each for each in groups.ingress(case, own) if each.get("FromPort") != web]
    return Report(
        (there("the group of its clients", lambda: len(clients) == 1),),
        (
            finding("other groups of the server", lambda: sorted(held - {data})),
            finding("others who reach the server", lambda: groups.others(into, clients)),
            finding("who reaches clients", lambda: [at for each in clients for at in _into(case, each)]),
            finding("others who reach its workloads", lambda: groups.others(reached, {own})),
        ),
    )


def _server_groups(case: Case) -> set[str]:
    name = case.a.blueprint.of(DatabaseSpec).identifier
    found = case.read("rds", "DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"][0]
    return {each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"]}


def _into(case: Case, group: str) -> list[str]:
    return groups.others(groups.ingress(case, group), ())


def _is_clients(case: Case, group: str) -> bool:
    return _name(case, group).endswith(_CLIENTS)


def _name(case: Case, group: str) -> str:
    """The tag `Name`, by which a stack tells its groups apart."""
    found = case.read("ec2", "DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
    if not found:
        raise Unclear(f"there is no group {group}")
    return next((each["Value"] for each in found[0].get("Tags", ()) if each["Key"] == "Name"), "")
