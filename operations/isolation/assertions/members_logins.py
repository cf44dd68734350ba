"""A member's database login becomes nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import membership
from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MemberPlan

ASSERTION = Assertion(
    id="members-logins",
    numbers=(35,),
    claim="No member's login becomes another one's, nor a role of its tenant, and it makes no schemas.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBERS_DATA_APART",),
    control="Each login connects and becomes itself.",
    remedy="Take the membership away: `REVOKE` it as master; `tenant apply TENANT --refresh` puts roles back.",
)

applies = membership.some


def check(case: Case) -> Report:
    """SET ROLE and SET SESSION AUTHORIZATION; rolled back."""
    a, found = case.a, membership.directions(case.a)
    return Report(
        tuple(
            trying(
                f"{membership.name(a, member)} becomes itself",
                lambda m=member: case.member(m).sql(a, f'SET ROLE "{m.login}"'),
            )
            for member, _ in found
        ),
        tuple(outcome for member, other in found for outcome in _tried(case, member, other)),
    )


def _tried(case: Case, member: MemberPlan, other: MemberPlan | None) -> Iterator[Outcome]:
    spec, who = case.a.blueprint.of(DatabaseSpec), case.member(member)
    roles = [role for role in (other.login if other else "", spec.login, spec.owner, spec.reader) if role]
    statements = (
        *(f'{words} "{role}"' for role in roles for words in ("SET ROLE", "SET SESSION AUTHORIZATION")),
        "CREATE SCHEMA tenant_verify",
    )
    for statement in statements:
        yield trying(f"{member.id}: {statement}", lambda s=statement: who.sql(case.a, s))
