"""The members' role is taken on by the tenant's own services, for one member, and under no other name."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import membership
from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="members-trust",
    numbers=(8, 13, 16),
    claim="The members' role is taken on for one member by its tenant only, who can't bring another tag with it.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBER_ROLE_TAKEN_BY_OWN_SERVICES_ONLY",),
    control="The tenant's role takes it on for a member.",
    remedy="Put the trust of the members' role back: `tenant apply TENANT --refresh`.",
)

applies = membership.some


def check(case: Case) -> Report:
    """As the tenant without a member and with more than that; as a member, to become another one."""
    return Report((_for(case, membership.active(case.a)[0].code),), tuple(_tried(case)))


def _tried(case: Case) -> Iterator[Outcome]:
    a, who = case.a, case.acting
    role, code = a.said("memberRoleArn"), membership.active(a)[0].code
    given = {"RoleArn": role, "RoleSessionName": "tenant-verify"}
    own = {"Key": "member", "Value": code}
    for tried, tags in (
        ("for nobody", []),
        ("for all", [{"Key": "member", "Value": "*"}]),
        ("as another tenant", [own, {"Key": "slug", "Value": "taaaaaaaaa"}]),
        ("as another tenant, in capitals", [own, {"Key": "Slug", "Value": "taaaaaaaaa"}]),
    ):
        named = {"Tags": tags} if tags else {}
        yield trying(f"taken on {tried}", lambda n=named: who.aws("sts", "AssumeRole", **given, **n))
    for member, other in membership.directions(a):
        tags = [{"Key": "member", "Value": other.code if other else code}]
        acting = case.member(member)
        yield trying(f"by {member.id}", lambda w=acting, t=tags: w.aws("sts", "AssumeRole", **given, Tags=t))


def _for(case: Case, code: str) -> Outcome:
    tags = [{"Key": "member", "Value": code}]
    role = case.a.said("memberRoleArn")
    return trying(
        f"{case.a.tenant} takes it on",
        lambda: case.acting.aws("sts", "AssumeRole", RoleArn=role, RoleSessionName="tenant-verify", Tags=tags),
    )
