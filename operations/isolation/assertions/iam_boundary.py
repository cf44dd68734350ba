"""Whatever a role is given, its boundary is the most that it has."""

from __future__ import annotations

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="iam-boundary",
    numbers=(11,),
    claim="The tenant's role has the boundary, which denies it IAM and other roles.",
    kind="identity",
    level=Level.CONFIG,
    answers=("identity.BOUNDARY_ATTACHED",),
    control="The role is there.",
    remedy="Attach the boundary again: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the role, and from the policy that it names."""
    arn = case.a.said("roleArn")
    role = case.read("iam", "GetRole", RoleName=arn.rpartition("/")[2])["Role"]
    boundary = str(role["PermissionsBoundary"]["PermissionsBoundaryArn"]) if "PermissionsBoundary" in role else ""
    return Report(
        (there("its role", lambda: role["Arn"] == arn),),
        (
            setting("the boundary of the role", lambda: bool(boundary), boundary),
            setting("what the boundary denies", lambda: bool(boundary) and _denies(case, boundary)),
        ),
    )


def _denies(case: Case, boundary: str) -> bool:
    version = case.read("iam", "GetPolicy", PolicyArn=boundary)["Policy"]["DefaultVersionId"]
    found = case.read("iam", "GetPolicyVersion", PolicyArn=boundary, VersionId=version)["PolicyVersion"]["Document"]
    denied = {
        action
        for statement in policies.read(found)
        if statement.get("Effect") == "Deny" and not statement.get("Condition")
        for action in statement.get("Action", ())
    }
    return {"iam:*", "sts:AssumeRole"} <= denied
