"""Who left is refused by name: what is tried for some of them, and read for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from operations.isolation import catalogue
from operations.isolation.model import Party, Refusal, Verdict
from operations.isolation.ports import Case, World
from operations.isolation.verifying import judged
from stacks.policies import workload
from stacks.resources.members.spec import MemberPlan, MembersSpec
from tests.fake_isolation import FakeActing, FakeApart
from tests.unit.operations.isolation.given import party
from tests.unit.stacks.given import asked, blueprint

MEMBERS = [{"id": "ada"}, *({"id": f"left-{number}", "active": False} for number in range(3))]
(ENTRY,) = [each for each in catalogue.entries() if each.assertion.id == "members-left"]


def with_members(members: list[dict[str, Any]]) -> Party:
    outputs = {"dataBucket": "data", "keyArn": "arn:key"}
    return replace(party("acme"), blueprint=blueprint(asked(members=members)), outputs=outputs)


def policy(refused: list[str]) -> workload.Document:
    own = workload.Membership("arn:data", "members", "arn:secret:", "arn:key", "us-east-1", left=refused)
    return workload.member_access(own)


class Session(FakeActing):
    """A member's session: whoever is `refused` gets nothing."""

    refused = False

    def aws(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        if self.refused:
            raise Refusal("AccessDenied")
        return {}


@dataclass
class Apart(FakeApart):
    """The members' role refuses these codes; `document` is what is read of its policy."""

    refused: set[str] = field(default_factory=set[str])
    acted: list[str] = field(default_factory=list[str])

    def member(self, party: Party, member: MemberPlan) -> Session:
        self.acted.append(member.id)
        made = Session(self, party)
        made.refused = member.code in self.refused
        return made


def verdict(refused: set[str], document: Any) -> tuple[Verdict, str, set[str]]:
    one = with_members(MEMBERS)
    apart = Apart(refused=refused, settings={("iam", "GetRolePolicy"): {"PolicyDocument": document}})
    world = apart.world()
    result = judged(ENTRY, Case(one, None, World(world.readings, apart, world.target)))
    return result.verdict, result.why, set(apart.acted)


def codes() -> list[str]:
    return [member.code for member in with_members(MEMBERS).blueprint.of(MembersSpec).left]


def test_it_is_about_tenants_with_members_of_both_kinds() -> None:
    for members, about in ((MEMBERS, True), (MEMBERS[:1], False), (MEMBERS[1:], False), ([], False)):
        assert ENTRY.applies(with_members(members), None) is about


def test_who_is_refused_by_name_is_held_and_the_ends_are_tried() -> None:
    found, why, acted = verdict({*codes()}, policy(codes()))
    assert found is Verdict.HELD, why
    assert acted == {"ada", "left-0", "left-2"}


def test_one_whose_session_works_is_broken() -> None:
    found, why, _ = verdict({*codes()[:2]}, policy(codes()))
    assert found is Verdict.BROKEN
    assert "left-2" in why


def _changed(**changes: Any) -> Any:
    held = policy(codes())
    held["Statement"][-1] |= changes
    return held


@pytest.mark.parametrize(
    "document",
    [
        policy([]),
        policy([codes()[0], codes()[2]]),
        _changed(Effect="Allow"),
        _changed(Action=["s3:*"]),
        _changed(Resource=["arn:data/*"]),
        _changed(Condition={"StringNotEquals": {"aws:PrincipalTag/member": codes()}}),
        _changed(Condition={**policy(codes())["Statement"][-1]["Condition"], "Bool": {"aws:SecureTransport": "true"}}),
    ],
    ids=["nobody", "one is missing", "allowed", "objects", "one bucket", "all others", "on a condition"],
)
def test_one_that_is_not_tried_is_read_and_broken_where_the_policy_lacks_its_name(document: Any) -> None:
    found, why, _ = verdict({*codes()}, document)
    assert found is Verdict.BROKEN
    assert "left-1" in why


def test_where_nobody_s_session_works_nothing_is_proven() -> None:
    active = with_members(MEMBERS).blueprint.of(MembersSpec).active[0].code
    assert verdict({active, *codes()}, policy(codes()))[0] is Verdict.INCONCLUSIVE
