"""What a user may do is one line of text."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import membership
from operations.isolation.model import SHARED, Assertion, Level, Outcome, Report, setting, there
from operations.isolation.ports import Case
from stacks.blueprint import data
from stacks.policies.cache import DEPLOYER_ACCESS
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-user-access",
    numbers=(55,),
    claim="Users of a shared cache have the access that was declared: the tenant's, its members', and the deployer's.",
    kind="cache",
    level=Level.CONFIG,
    models=SHARED,
    answers=("cache.KEYS_OF_OTHERS_UNREADABLE", "cache.KEY_NAMES_OF_OTHERS_HIDDEN"),
    control="The user is in the group of users that the cache takes.",
    remedy="Put the user's access string back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the user, and from the user group."""
    spec = case.a.blueprint.of(CacheSpec)
    user = case.read("elasticache", "DescribeUsers", UserId=spec.user)["Users"][0]
    group = case.read("elasticache", "DescribeUserGroups", UserGroupId=spec.users)["UserGroups"][0]
    said = str(user["AccessString"])
    return Report(
        (there("its user in the group", lambda: spec.user in group["UserIds"]),),
        (
            setting("the access string", lambda: said.split() == spec.access.split(), said),
            setting("its name", lambda: user["UserName"] == spec.login),
            *_others(case),
        ),
    )


def _others(case: Case) -> Iterator[Outcome]:
    """Those of its members, and of who takes away what tenants leave."""
    declared = [(member.user, member.access) for member in membership.active(case.a) if member.user]
    group = case.a.blueprint.of(CacheSpec).users
    deployer = data.deployer_of(group)
    for user, access in (*declared, (deployer, DEPLOYER_ACCESS)):
        said = str(case.read("elasticache", "DescribeUsers", UserId=user)["Users"][0]["AccessString"])
        yield setting(f"the access string of {user}", lambda s=said, a=access: s.split() == a.split(), said)
