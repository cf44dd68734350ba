"""Who is not active any more gets in nowhere, though the tenant's services could still name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from operations.isolation import canaries, membership, policies
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, finding, trying
from operations.isolation.ports import Case
from stacks.resources.members.spec import MemberPlan, MembersSpec

ASSERTION = Assertion(
    id="members-left",
    numbers=(8, 18),
    claim="A session for a member that is not active neither writes, reads nor lists anything in the member's folder.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBERS_OBJECTS_APART",),
    control="A session for an active member writes and reads an object in its folder.",
    remedy="Put the policy of the members' role back: `tenant apply TENANT --refresh`.",
)

_MEMBER = "aws:PrincipalTag/member"


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants with members of both kinds: where none is active there is no role to be taken on."""
    spec = a.blueprint.of(MembersSpec)
    return bool(spec.active and spec.left)


def check(case: Case) -> Report:
    """The first and the last of them try it; of all it is read that the role's policy refuses them.

    That their logins to the database are closed, `members-roles` reads; secrets and cache users are gone with them.
    """
    spec = case.a.blueprint.of(MembersSpec)
    ends = dict.fromkeys((spec.left[0], spec.left[-1]))
    return Report(
        (_own(case, membership.active(case.a)[0]),),
        (
            *(outcome for member in ends for outcome in _tried(case, member)),
            finding("not active, and not refused by the members' role", lambda: list(_unrefused(case, spec))),
        ),
    )


def _own(case: Case, member: MemberPlan) -> Outcome:
    who, place = case.member(member), _place(case, member)

    def both() -> None:
        who.aws("s3", "PutObject", **place, **_content(case))
        who.aws("s3", "GetObject", **place)

    return trying(f"{membership.name(case.a, member)} writes and reads its own", both)


def _tried(case: Case, member: MemberPlan) -> Iterator[Outcome]:
    place = _place(case, member)
    for operation, given in (
        ("PutObject", {**place, **_content(case)}),
        ("GetObject", place),
        ("ListObjectsV2", {"Bucket": place["Bucket"], "Prefix": f"{member.folder}/"}),
    ):
        yield trying(
            f"{operation} for {member.id}, who left",
            lambda o=operation, g=given: case.member(member).aws("s3", o, **g),
        )


def _place(case: Case, member: MemberPlan) -> dict[str, str]:
    return {"Bucket": case.a.said("dataBucket"), "Key": f"{member.folder}/{canaries.NAME}"}


def _content(case: Case) -> dict[str, Any]:
    return {"Body": canaries.TEXT, **canaries.encryption(case.a)}


def _unrefused(case: Case, spec: MembersSpec) -> Iterator[str]:
    """Members that no statement of the role's own policies denies everything."""
    denied = {code for statement in _statements(case, spec.role) for code in _denied(statement)}
    yield from (member.id for member in spec.left if member.code not in denied)


def _statements(case: Case, role: str) -> Iterator[policies.Statement]:
    for name in case.read("iam", "ListRolePolicies", RoleName=role)["PolicyNames"]:
        found = case.read("iam", "GetRolePolicy", RoleName=role, PolicyName=name)["PolicyDocument"]
        yield from policies.read(found)


def _denied(statement: policies.Statement) -> Sequence[str]:
    """Whom it denies everything by name, and on no other condition."""
    condition: Mapping[str, Any] = statement.get("Condition", {})
    everything = all(_several(statement.get(what)) == ["*"] for what in ("Action", "Resource"))
    if statement["Effect"] != "Deny" or not everything or {*condition} != {"StringEquals"}:
        return ()
    named: Mapping[str, Any] = condition["StringEquals"]
    return _several(named[_MEMBER]) if {*named} == {_MEMBER} else ()


def _several(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]
