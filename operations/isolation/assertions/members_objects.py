"""A member's session is held to its own folder."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import canaries, membership
from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Case
from stacks.resources.members.spec import MemberPlan

ASSERTION = Assertion(
    id="members-objects",
    numbers=(18,),
    claim="No member reads, writes, deletes or lists another one's objects, nor its tenant's own.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBERS_OBJECTS_APART",),
    control="Each writes and reads an object in its own folder.",
    remedy="Put the policy of the members' role back: `tenant apply TENANT --refresh`.",
)

applies = membership.some


def check(case: Case) -> Report:
    """In the bucket that all of them have folders in."""
    found = membership.directions(case.a)
    return Report(
        tuple(_own(case, member) for member, _ in found),
        tuple(outcome for member, other in found for outcome in _tried(case, member, other)),
    )


def _own(case: Case, member: MemberPlan) -> Outcome:
    who, place = case.member(member), {"Bucket": case.a.said("dataBucket"), "Key": _key(member)}

    def both() -> None:
        who.aws("s3", "PutObject", **place, Body=canaries.TEXT, **canaries.encryption(case.a))
        who.aws("s3", "GetObject", **place)

    return trying(f"{membership.name(case.a, member)} writes and reads its own", both)


def _tried(case: Case, member: MemberPlan, other: MemberPlan | None) -> Iterator[Outcome]:
    who, bucket, a = case.member(member), case.a.said("dataBucket"), case.a
    for whose, key, folder in (
        *([(other.id, _key(other), f"{other.folder}/")] if other else ()),
        (a.tenant, canaries.key(a), member.folder.removesuffix(member.code)),
    ):
        place = {"Bucket": bucket, "Key": key}
        put = {"Body": canaries.TEXT, **canaries.encryption(a)}
        for operation, given in (
            ("GetObject", place),
            ("HeadObject", place),
            ("PutObject", {**place, "Key": f"{key}-new", **put}),
            ("DeleteObject", {**place, "Key": f"{key}-new"}),
            ("ListObjectsV2", {"Bucket": bucket, "Prefix": folder}),
        ):
            yield trying(f"{member.id}: {operation} of {whose}", lambda o=operation, g=given: who.aws("s3", o, **g))


def _key(member: MemberPlan) -> str:
    return f"{member.folder}/{canaries.NAME}"
