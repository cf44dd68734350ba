"""How much of an account's quotas is used, and what their limits are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from stacks.inputs import machines
from stacks.resources import quotas


def used(access: AwsAccess, region: str, key: str) -> int:
    """How much of a quota the account uses now. Raises ProviderError, KeyError for a quota that is not known."""
    return _USED[key](Api(access, region))


def limit(access: AwsAccess, region: str, service: str, code: str) -> int | None:
    """The quota's limit; None where Service Quotas does not know it. Raises ProviderError."""
    told = Api(access, region).seek("service-quotas", "GetServiceQuota", ServiceCode=service, QuotaCode=code)
    value = shapes.at(told or {}, "Quota.Value")
    return None if value is None else int(value)


def _count(service: str, operation: str, member: str, **parameters: Any) -> Callable[[Api], int]:
    return lambda api: sum(1 for _ in api.pages(service, operation, member, **parameters))


def _storage(api: Api) -> int:
    instances = api.pages("rds", "DescribeDBInstances", "DBInstances")
    return sum(int(each.get("AllocatedStorage") or 0) for each in instances)


def _cache_nodes(api: Api) -> int:
    """Members of groups, and clusters that are in none: an emulator may list the ones without the others."""
    groups = api.pages("elasticache", "DescribeReplicationGroups", "ReplicationGroups")
    members = {str(name) for group in groups for name in shapes.listed(group, "MemberClusters")}
    clusters = api.pages("elasticache", "DescribeCacheClusters", "CacheClusters")
    alone = {str(each["CacheClusterId"]): int(each.get("NumCacheNodes") or 1) for each in clusters}
    return len(members) + sum(nodes for name, nodes in alone.items() if name not in members)


def _clusters(api: Api) -> list[str]:
    return [str(name) for name in api.pages("eks", "ListClusters", "clusters")]


def _groups(api: Api) -> Iterator[tuple[str, str]]:
    """Every node group, with its cluster."""
    for cluster in _clusters(api):
        for name in api.pages("eks", "ListNodegroups", "nodegroups", clusterName=cluster):
            yield cluster, str(name)


def _node_groups(api: Api) -> int:
    """Those of the fullest cluster: the quota is one of each cluster, and which one is meant is not known here."""
    return max(Counter(cluster for cluster, _ in _groups(api)).values(), default=0)


def _vcpus(key: str) -> Callable[[Api], int]:
    """vCPUs of node groups at their largest: what they may grow to is promised, instances of others are not seen."""
    quota = quotas.QUOTAS[key]

    def used(api: Api) -> int:
        total = 0
        for cluster, name in _groups(api):
            group = api.read("eks", "DescribeNodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
            total += quota.count(group) if _known(group) else 0
        return total

    return used


def _known(group: Mapping[str, Any]) -> bool:
    return all(each in machines.KNOWN for each in group.get("instanceTypes") or ())


_USED: Final[Mapping[str, Callable[[Api], int]]] = {
    quotas.DATABASES: _count("rds", "DescribeDBInstances", "DBInstances"),
    quotas.DATABASE_STORAGE: _storage,
    quotas.CACHE_NODES: _cache_nodes,
    quotas.VPCS: _count("ec2", "DescribeVpcs", "Vpcs"),
    quotas.ADDRESSES: _count("ec2", "DescribeAddresses", "Addresses"),
    quotas.ROLES: _count("iam", "ListRoles", "Roles"),
    quotas.POLICIES: _count("iam", "ListPolicies", "Policies", Scope="Local"),
    quotas.BUCKETS: _count("s3", "ListBuckets", "Buckets"),
    # keys that AWS manages are listed too and do not count: a handful too many is the safe side
    quotas.KEYS: _count("kms", "ListKeys", "Keys"),
    quotas.CLUSTERS: lambda api: len(_clusters(api)),
    quotas.NODE_GROUPS: _node_groups,
    quotas.USAGE_PLANS: _count("apigateway", "GetUsagePlans", "items"),
    **{key: _vcpus(key) for key in quotas.VCPUS},
}
