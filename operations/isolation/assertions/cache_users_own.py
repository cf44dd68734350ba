"""Whoever is in the user group gets in."""

from __future__ import annotations

from operations.isolation.model import SILO, Assertion, Level, Report, finding, setting, there
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.members.spec import MembersSpec

ASSERTION = Assertion(
    id="cache-users-own",
    numbers=(55,),
    claim="The user groups of the tenant's cache hold its own users and no others; data is encrypted under its key.",
    kind="cache",
    level=Level.CONFIG,
    models=SILO,
    answers=("cache.NEIGHBOURS_CANNOT_LOG_IN",),
    control="The tenant's own user is among them.",
    remedy="Take the others out of the group: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the replication group and its user groups."""
    spec, members = case.a.blueprint.of(CacheSpec), case.a.blueprint.of(MembersSpec)
    own = {spec.user, *(member.user for member in members.active)}
    group = case.read("elasticache", "DescribeReplicationGroups", ReplicationGroupId=spec.group)["ReplicationGroups"][0]
    users = [user for name in group.get("UserGroupIds", ()) for user in _users(case, name)]
    return Report(
        (there("its own user in the group", lambda: spec.user in users),),
        (
            finding("other users in the group", lambda: sorted(set(users) - own)),
            setting("the cache's key", lambda: group.get("KmsKeyId") == case.a.said("keyArn")),
            setting("transit encryption", lambda: group.get("TransitEncryptionEnabled") is True),
        ),
    )


def _users(case: Case, group: str) -> list[str]:
    return case.read("elasticache", "DescribeUserGroups", UserGroupId=group)["UserGroups"][0]["UserIds"]
