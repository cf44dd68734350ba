"""What a member logs in with is its own."""

from __future__ import annotations

from operations.isolation import logins, membership
from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="members-secrets",
    numbers=(5,),
    claim="No member reads another one's secret, nor what its tenant logs in with.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBERS_SECRETS_APART",),
    control="Each reads its own secret.",
    remedy="Put the policy of the members' role back, then change the passwords: they may be known.",
)

applies = membership.some


def check(case: Case) -> Report:
    """Each other's, and all of the tenant's."""
    a, found = case.a, membership.directions(case.a)
    own = [(membership.told(a, member)["secretArn"], member) for member, _ in found]
    theirs = [a.said(name) for name in (*logins.names(a), *logins.names_of_people(a)) if name in a.outputs]
    tried = [
        (member, arn)
        for member, other in found
        for arn in (*([membership.told(a, other)["secretArn"]] if other else ()), *theirs)
    ]
    return Report(
        tuple(_read(f"{membership.name(a, member)} reads its own", case.member(member), arn) for arn, member in own),
        tuple(_read(f"{member.id} reads {arn}", case.member(member), arn) for member, arn in tried),
    )


def _read(tried: str, who: Acting, arn: str) -> Outcome:
    return trying(tried, lambda: who.aws("secretsmanager", "GetSecretValue", SecretId=arn))
