"""Folders and contexts of what is shared go by a tag of the role."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="iam-slug-tag",
    numbers=(16,),
    claim="The tag `slug` of the tenant's role is the tenant's own: buckets, keys and the boundary go by it.",
    kind="identity",
    level=Level.CONFIG,
    answers=("identity.ROLE_CANNOT_CHANGE_ITSELF",),
    control="The role is there.",
    remedy="Put the tag back: `tenant apply TENANT --refresh`; who changed it may read what is the named tenant's.",
)


def check(case: Case) -> Report:
    """Read from the role."""
    arn = case.a.said("roleArn")
    role = case.read("iam", "GetRole", RoleName=arn.rpartition("/")[2])["Role"]
    tags = {each["Key"].lower(): each["Value"] for each in role.get("Tags") or ()}
    return Report(
        (there("its role", lambda: role["Arn"] == arn),),
        (setting("the tag", lambda: tags.get("slug") == case.a.slug, tags.get("slug", "none")),),
    )
