"""What a user may do is one line of text."""

from __future__ import annotations

from operations.isolation.model import SHARED, Assertion, Level, Report, setting, there
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-user-access",
    numbers=(55,),
    claim="The tenant's user of a shared cache has the access that was declared: own keys, own channels, no more.",
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
        ),
    )
