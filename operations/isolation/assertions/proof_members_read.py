"""By no request, whatever is in it, does a member's session read what is not the member's."""

from __future__ import annotations

from operations.isolation import membership, proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-members-read",
    numbers=(1, 5),
    claim="No request exists by which a member reads or changes another one's objects or secret, or its tenant's.",
    kind="members",
    level=Level.PROOF,
    answers=("members.MEMBERS_OBJECTS_APART", "members.MEMBERS_SECRETS_APART"),
    control="A request exists by which each reads its own.",
    remedy="Look at the policy that is named as letting it through: `tenant drift` shows what was changed.",
)

applies = membership.some
_OBJECTS = ("s3:Get*", "s3:Put*", "s3:Delete*")


def check(case: Case) -> Report:
    """Over folders and secrets of two members, and the tenant's own secrets."""
    a, found = case.a, membership.directions(case.a)
    return Report(
        tuple(
            proving.asked(f"{member.id}: its own {what}", proving.member(case, a, member), (action,), [thing])
            for member, _ in found
            for what, action, thing in (
                ("objects", "s3:GetObject", proving.folder(case, a, member)),
                ("secret", "secretsmanager:GetSecretValue", proving.member_secret(case, a, member)),
            )
        ),
        tuple(
            proving.asked(f"{member.id}: {what}", proving.member(case, a, member), actions, things)
            for member, other in found
            for what, actions, things in (
                ("its tenant's secrets", proving.SECRET_ACTIONS, proving.secrets(case, a)),
                *(
                    (
                        (f"objects of {other.id}", _OBJECTS, [proving.folder(case, a, other)]),
                        (f"secret of {other.id}", proving.SECRET_ACTIONS, [proving.member_secret(case, a, other)]),
                    )
                    if other
                    else ()
                ),
            )
        ),
    )
