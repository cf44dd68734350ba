"""A role that could change itself could be anything."""

from __future__ import annotations

from typing import Final

from operations.isolation.model import Assertion, Came, Level, Outcome, Report, Unclear, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="iam-change-itself",
    numbers=(10,),
    claim="A tenant's role can't change its own policies, tags or boundary.",
    kind="identity",
    level=Level.LIVE,
    answers=("identity.ROLE_CANNOT_CHANGE_ITSELF",),
    control="The role reads its own secret.",
    remedy="Put the role's policies and its boundary back: `tenant apply TENANT --refresh`.",
)

_NOTHING: Final = "tenant-verify-nothing"


def check(case: Case) -> Report:
    """Each would change nothing: it is about a policy or a tag that is not there."""
    a, who = case.a, case.acting
    role = a.said("roleArn").rpartition("/")[2]
    arn = f"{a.said('roleArn').rpartition(':')[0]}:policy/{_NOTHING}"
    return Report(
        (
            trying(
                "GetSecretValue of its own secret",
                lambda: who.aws("secretsmanager", "GetSecretValue", SecretId=a.said("databaseSecretArn")),
            ),
        ),
        (
            _tried(who, "DeleteRolePolicy", RoleName=role, PolicyName=_NOTHING),
            _tried(who, "DetachRolePolicy", RoleName=role, PolicyArn=arn),
            _tried(who, "UntagRole", RoleName=role, TagKeys=[_NOTHING]),
            _tried(who, "ListRolePolicies", RoleName=role),
        ),
    )


def _tried(who: Acting, operation: str, **parameters: object) -> Outcome:
    """IAM looks for the thing only once it has let somebody in: a missing one is no refusal, it is the opposite."""
    outcome = trying(operation, lambda: _let_in(who, operation, parameters))
    return Outcome(outcome.tried, outcome.came, "IAM let it in" if outcome.came is Came.WORKED else outcome.answer)


def _let_in(who: Acting, operation: str, parameters: dict[str, object]) -> None:
    try:
        who.aws("iam", operation, **parameters)
    except Unclear as unclear:
        if "NoSuchEntity" not in str(unclear):
            raise
