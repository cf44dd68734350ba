"""RDS and ElastiCache: subnet groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import PairTags, by_arn
from engine.providers.aws.values import same_lower

RDS_TAGS: Final = PairTags(
    "rds",
    "AddTagsToResource",
    "RemoveTagsFromResource",
    "ResourceName",
    who=by_arn,
    listing=("ListTagsForResource", "TagList"),
)
CACHE_TAGS: Final = PairTags(
    "elasticache",
    "AddTagsToResource",
    "RemoveTagsFromResource",
    "ResourceName",
    who=by_arn,
    listing=("ListTagsForResource", "TagList"),
)
IN_USE: Final = frozenset({"InvalidDBSubnetGroupStateFault", "CacheSubnetGroupInUse"})


def described(service: str, operation: str, member: str, key: str) -> Callable[[Handle], Object | None]:
    """A look-up by name through a Describe operation; an empty list is as good as a refusal."""

    def look(handle: Handle) -> Object | None:
        answer = handle.api.seek(service, operation, **{key: handle.id}) or {}
        return next(iter(answer.get(member) or ()), None)

    return look


def _subnets(_: Handle, found: Object) -> Any:
    return sorted(str(subnet["SubnetIdentifier"]) for subnet in shapes.listed(found, "Subnets"))


_RDS: Final = Row(
    type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    key="DBSubnetGroupName",
    props=(
        Prop("name", send="DBSubnetGroupName", fixed=True, alike=same_lower),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("description", send="DBSubnetGroupDescription", default="Managed by Pulumi", change="ModifyDBSubnetGroup"),
        Prop("subnetIds", live=_subnets, required=True, kind=Kind.SET, change="ModifyDBSubnetGroup"),
    ),
    create=("CreateDBSubnetGroup", "DBSubnetGroup.DBSubnetGroupName"),
    look=described("rds", "DescribeDBSubnetGroups", "DBSubnetGroups", "DBSubnetGroupName"),
    delete="DeleteDBSubnetGroup",
    busy_codes=IN_USE,
    seek=by_name("name"),
    tags=RDS_TAGS,
    name=Name("name", 255, "namePrefix", lower=True),
    outputs={"arn": "DBSubnetGroupArn", "vpcId": "VpcId", "supportedNetworkTypes": "SupportedNetworkTypes"},
    delete_before_replace=True,
)

_ELASTICACHE: Final = Row(
    type="aws:elasticache/subnetGroup:SubnetGroup",
    service="elasticache",
    key="CacheSubnetGroupName",
    props=(
        Prop("name", send="CacheSubnetGroupName", fixed=True, alike=same_lower),
        Prop(
            "description",
            send="CacheSubnetGroupDescription",
            default="Managed by Pulumi",
            change="ModifyCacheSubnetGroup",
        ),
        Prop("subnetIds", live=_subnets, required=True, kind=Kind.SET, change="ModifyCacheSubnetGroup"),
    ),
    create=("CreateCacheSubnetGroup", "CacheSubnetGroup.CacheSubnetGroupName"),
    look=described("elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups", "CacheSubnetGroupName"),
    delete="DeleteCacheSubnetGroup",
    busy_codes=IN_USE,
    seek=by_name("name"),
    tags=CACHE_TAGS,
    name=Name("name", 255, lower=True),
    outputs={"arn": "ARN", "vpcId": "VpcId"},
    delete_before_replace=True,
)

ROWS: Final = (_RDS, _ELASTICACHE)
