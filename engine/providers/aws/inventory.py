"""What carries tags in a region: as the tagging API knows it, and as services tell what that API does not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.tags import from_pairs


@dataclass(frozen=True, slots=True)
class Tagged:
    """One resource and all its tags. `parent` is the ARN of what AWS made it of, where there is such a thing."""

    arn: str
    tags: Mapping[str, str]
    parent: str = ""


_BY_ARN: Final = (
    ("rds", "DescribeDBSubnetGroups", "DBSubnetGroups", "DBSubnetGroupArn"),
    ("rds", "DescribeDBParameterGroups", "DBParameterGroups", "DBParameterGroupArn"),
    ("elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups", "ARN"),
    ("elasticache", "DescribeCacheParameterGroups", "CacheParameterGroups", "ARN"),
)
"""Services that list things without their tags, and tell the tags of one by its ARN."""
_ZONES: Final = 10  # as many as one call tells the tags of


def tagged(access: AwsAccess, region: str, tags: Mapping[str, str]) -> tuple[Tagged, ...]:
    """Resources of one region that carry all these tags, sorted by ARN; no tags means every tagged resource.

    The tagging API may lag behind by minutes, lists some things for a while after they are gone, and knows nothing
    of what can't be tagged. Raises ProviderError.
    """
    api = Api(access, region)
    filters = [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]
    listed = api.pages("resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", TagFilters=filters)
    found = {str(one["ResourceARN"]): from_pairs(shapes.listed(one, "Tags")) for one in listed}
    # Filters are applied again: an answer that lets a stranger through would corrupt what is rebuilt from it.
    return tuple(
        Tagged(arn, carried)
        for arn, carried in sorted(found.items())
        if all(carried.get(key) == value for key, value in tags.items())
    )


def unseen(access: AwsAccess, region: str, prefix: str) -> tuple[Tagged, ...]:
    """What the tagging API does not list, or not everywhere, sorted by ARN; also what carries no tags at all.

    Roles, policies and budgets whose names begin with `prefix` (an account may have thousands, and each costs a call),
    hosted zones, elastic addresses, endpoints, subnet and parameter groups; disks and network interfaces with the
    instance that they belong to, and snapshots with what they were taken of. Raises ProviderError.
    """
    api = Api(access, region)
    own = (*_identities(api, prefix), *_budgets(api, prefix))
    found = [*own, *_zones(api), *_network(api), *_groups(api), *_snapshots(api)]
    return tuple(sorted(found, key=lambda one: one.arn))


def _identities(api: Api, prefix: str) -> Iterator[Tagged]:
    for role in api.pages("iam", "ListRoles", "Roles"):
        if str(role["RoleName"]).startswith(prefix):
            told = api.seek("iam", "ListRoleTags", RoleName=role["RoleName"])
            yield Tagged(str(role["Arn"]), from_pairs((told or {}).get("Tags")))
    for policy in api.pages("iam", "ListPolicies", "Policies", Scope="Local"):
        if str(policy["PolicyName"]).startswith(prefix):
            told = api.seek("iam", "ListPolicyTags", PolicyArn=policy["Arn"])
            yield Tagged(str(policy["Arn"]), from_pairs((told or {}).get("Tags")))


def _budgets(api: Api, prefix: str) -> Iterator[Tagged]:
    """They have no region: the tagging API knows them in one only."""
    account, partition = _account(api)
    for budget in api.pages("budgets", "DescribeBudgets", "Budgets", AccountId=account):
        if str(budget["BudgetName"]).startswith(prefix):
            arn = f"arn:{partition}:budgets::{account}:budget/{budget['BudgetName']}"
            told = api.seek("budgets", "ListTagsForResource", ResourceARN=arn)
            yield Tagged(arn, from_pairs((told or {}).get("ResourceTags")))


def _account(api: Api) -> tuple[str, str]:
    """Its number and its partition, for services that tell no ARNs."""
    number = str(api.read("sts", "GetCallerIdentity")["Account"])
    return number, str(api.access.client("sts", api.region).meta.partition)


def _zones(api: Api) -> Iterator[Tagged]:
    """The tagging API lists hosted zones in us-east-1 only, though they belong to no region."""
    partition = api.access.client("route53", api.region).meta.partition
    ids = [str(zone["Id"]).rpartition("/")[2] for zone in api.pages("route53", "ListHostedZones", "HostedZones")]
    for start in range(0, len(ids), _ZONES):
        asked = {"ResourceType": "hostedzone", "ResourceIds": ids[start : start + _ZONES]}
        for told in shapes.listed(api.read("route53", "ListTagsForResources", **asked), "ResourceTagSets"):
            yield Tagged(f"arn:{partition}:route53:::hostedzone/{told['ResourceId']}", from_pairs(told.get("Tags")))


def _network(api: Api) -> Iterator[Tagged]:
    account, partition = _account(api)
    start = f"arn:{partition}:ec2:{api.region}:{account}"
    for address in api.pages("ec2", "DescribeAddresses", "Addresses"):
        if "AllocationId" in address:
            yield Tagged(f"{start}:elastic-ip/{address['AllocationId']}", from_pairs(address.get("Tags")))
    for endpoint in api.pages("ec2", "DescribeVpcEndpoints", "VpcEndpoints"):
        yield Tagged(f"{start}:vpc-endpoint/{endpoint['VpcEndpointId']}", from_pairs(endpoint.get("Tags")))
    for volume in api.pages("ec2", "DescribeVolumes", "Volumes"):
        of = [one for one in shapes.listed(volume, "Attachments") if one.get("InstanceId")]
        parent = f"{start}:instance/{of[0]['InstanceId']}" if of else ""
        yield Tagged(f"{start}:volume/{volume['VolumeId']}", from_pairs(volume.get("Tags")), parent)
    for card in api.pages("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces"):
        node = shapes.at(card, "Attachment.InstanceId")
        parent = f"{start}:instance/{node}" if node else ""
        yield Tagged(f"{start}:network-interface/{card['NetworkInterfaceId']}", from_pairs(card.get("TagSet")), parent)


def _groups(api: Api) -> Iterator[Tagged]:
    for service, operation, member, key in _BY_ARN:
        for group in api.pages(service, operation, member):
            name = str(group.get(key, "")).rpartition(":")[2]
            # AWS's own `default` groups are nobody's, and can't be tagged
            if name and not name.startswith("default"):
                told = api.seek(service, "ListTagsForResource", ResourceName=group[key])
                yield Tagged(str(group[key]), from_pairs((told or {}).get("TagList")))


def _snapshots(api: Api) -> Iterator[Tagged]:
    for snapshot in api.pages("rds", "DescribeDBSnapshots", "DBSnapshots"):
        arn = str(snapshot["DBSnapshotArn"])
        parent = _sibling(arn, "db", snapshot.get("DBInstanceIdentifier"))
        yield Tagged(arn, from_pairs(snapshot.get("TagList")), parent)
    for snapshot in api.pages("elasticache", "DescribeSnapshots", "Snapshots"):
        if "ARN" in snapshot:
            arn = str(snapshot["ARN"])
            told = api.seek("elasticache", "ListTagsForResource", ResourceName=arn)
            parent = _sibling(arn, "replicationgroup", snapshot.get("ReplicationGroupId"))
            yield Tagged(arn, from_pairs((told or {}).get("TagList")), parent)


def _sibling(arn: str, kind: str, name: Any) -> str:
    """The ARN of another thing of the same service, region and account."""
    return f"{arn.rsplit(':', 2)[0]}:{kind}:{name}" if name else ""
