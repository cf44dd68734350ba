"""What a tenant's program declares for its members, in each form that they are apart in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations import settled
from stacks.blueprint import phase, placement, resolve
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.blueprint.settled import Settled
from stacks.inputs import tier
from stacks.inputs.tier import OwnSlice
from stacks.programs import tenant
from stacks.resources.members.spec import MemberPlan, MembersSpec
from tests.component.declared import Outcome, run
from tests.unit.stacks.given import KEY, TIERS, asked, local

ROLE, SCHEMA, GRANT = (f"postgresql:index/{each}" for each in ("role:Role", "schema:Schema", "grant:Grant"))
USER, JOINS = "aws:elasticache/user:User", "aws:elasticache/userGroupAssociation:UserGroupAssociation"
SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5}
ARN = "arn:aws:iam::123456789012:role/ada"
MEMBERS = [{"id": "ada", "namespace": SHARE, "role": ARN}, {"id": "bob"}, {"id": "eve", "active": False}]


def blueprint(name: str, form: OwnSlice = OwnSlice.DATABASE, members: Any = MEMBERS) -> Blueprint:
    wanted = tier.load_version(TIERS, name, 1).model_copy(update={"bridge_database": form})
    if name == "starter":
        members = [{key: value for key, value in each.items() if key not in {"namespace", "role"}} for each in members]
    profile = asked(tier=name, members=members)
    return resolve.tenant(profile, wanted, local(), placement.place(profile, wanted, local(), (), KEY, 1))


def declared(one: Blueprint, when: Phase = phase.LIVE) -> Outcome:
    return run(tenant.program(one, when))


def member(one: Blueprint, name: str) -> MemberPlan:
    (found,) = [each for each in one.of(MembersSpec).members if each.id == name]
    return found


FORMS = [
    ("enterprise", OwnSlice.DATABASE),
    ("standard", OwnSlice.DATABASE),
    ("standard", OwnSlice.SCHEMA),
    ("starter", OwnSlice.DATABASE),
]


def _plainly(made: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    found = {(each.type, each.name): each.inputs for each in made.resources}
    return {key: inputs for key, inputs in found.items() if key[0] != "pulumi:pulumi:Stack"}


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("left", [("ada", "eve"), ("bob",), ("ada", "bob", "eve")])
def test_of_who_is_settled_nothing_is_declared_and_the_rest_is_as_it_would_be(
    name: str, form: OwnSlice, left: tuple[str, ...]
) -> None:
    one = blueprint(name, form)
    whole = declared(one)
    codes = frozenset(member(one, each).code for each in left)
    told = {each: whole.outputs["members"][each] for each in left if each != "eve"}
    part = run(tenant.program(one, phase.LIVE, Settled(codes, told)))
    others = {key: inputs for key, inputs in _plainly(whole).items() if settled.owner(key[1]) not in codes}
    assert _plainly(part) == others
    assert {settled.owner(name) for _, name in _plainly(whole).keys() - others.keys()} == codes
    assert part.outputs == whole.outputs


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_each_has_a_login_in_one_group_and_who_is_not_active_can_not_log_in(name: str, form: OwnSlice) -> None:
    one = blueprint(name, form)
    made = declared(one)
    for each in one.of(MembersSpec).members:
        role = made.one(ROLE, each.code)
        assert role.inputs["login"] is (each.id != "eve")
        assert role.inputs["roles"] == [one.of(MembersSpec).group]
        assert role.inputs["connectionLimit"] >= 1
    assert len(made.of(SCHEMA)) == {"starter": 0}.get(name, 4)


@pytest.mark.parametrize(("name", "form"), FORMS[:3])
def test_a_schema_is_its_member_s_and_stays_until_the_member_has_left(name: str, form: OwnSlice) -> None:
    one = blueprint(name, form)
    made = declared(one)
    for each in one.of(MembersSpec).members:
        schema = made.one(SCHEMA, each.code)
        assert schema.inputs["owner"] == each.login
        assert (schema.protect, schema.inputs["dropCascade"]) == ((True, False) if each.active else (False, True))


def test_members_connect_by_a_group_that_may_do_nothing_else() -> None:
    made = declared(blueprint("standard"))
    group = made.one(ROLE, "members")
    assert group.inputs["login"] is False
    grant = made.one(GRANT, "members-database")
    assert (grant.inputs["role"], grant.inputs["privileges"]) == (group.inputs["name"], ["CONNECT", "TEMPORARY"])
    assert [each for each in made.of(GRANT) if each.inputs["role"] == group.inputs["name"]] == [grant]


def test_archived_what_members_made_on_a_shared_instance_is_kept_and_nobody_logs_in() -> None:
    one = blueprint("standard")
    made = declared(one, phase.ARCHIVED)
    code = member(one, "ada").code
    assert made.one(SCHEMA, code).protect
    assert made.one(ROLE, code).inputs["login"] is False
    assert made.of("aws:secretsmanager/secret:Secret") == []
    assert made.of("aws:iam/role:Role") == []


@pytest.mark.parametrize(("when", "kept"), [(phase.LIVE, False), (phase.retiring("run-1"), True)])
def test_on_an_own_instance_they_go_with_it_and_nothing_is_taken_apart_first(when: Phase, kept: bool) -> None:
    one = blueprint("enterprise")
    made = declared(one, when)
    assert made.one(SCHEMA, member(one, "ada").code).retain is kept
    assert made.one(SCHEMA, member(one, "ada").code).protect is not kept


def test_cache_users_join_the_shared_group_or_are_in_the_own_one() -> None:
    own, shared = blueprint("enterprise"), blueprint("standard")
    in_own, in_shared = declared(own), declared(shared)
    listed = in_own.one("aws:elasticache/userGroup:UserGroup").inputs["userIds"]
    assert len(listed) == 3
    assert in_own.of(JOINS) == []
    assert len(in_shared.of(JOINS)) == 3
    ada = in_shared.one(USER, member(shared, "ada").code)
    assert f"~{shared.slug}:{member(shared, 'ada').code}:*" in ada.inputs["accessString"]


def test_one_role_acts_for_all_of_them_one_at_a_time() -> None:
    one = blueprint("standard")
    made = declared(one)
    role = made.one("aws:iam/role:Role", "member")
    assert role.inputs["tags"]["slug"] == one.slug
    assert role.inputs["permissionsBoundary"].endswith("policy/boundary")
    trust = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert len(trust) == 1
    held = json.loads(made.one("aws:iam/rolePolicy:RolePolicy", "member").inputs["policy"])["Statement"]
    objects = {each["Sid"]: each for each in held}["OwnObjects"]["Resource"]
    assert objects[0].endswith(f"{one.slug}/members/${{aws:PrincipalTag/member}}/*")
    assert made.one("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "member")


def test_the_role_refuses_who_left_by_name_and_where_nobody_did_says_nothing_of_it() -> None:
    one = blueprint("standard")
    for who, left in ((one, [member(one, "eve").code]), (blueprint("standard", members=MEMBERS[:2]), None)):
        held = json.loads(declared(who).one("aws:iam/rolePolicy:RolePolicy", "member").inputs["policy"])["Statement"]
        refused = {each["Sid"]: each for each in held}.get("NobodyWhoLeft")
        named = refused["Condition"]["StringEquals"]["aws:PrincipalTag/member"] if refused else None
        assert named == left


def test_each_has_a_secret_that_only_the_members_role_reads() -> None:
    one = blueprint("standard")
    made, ada = declared(one), member(one, "ada")
    secret = made.one("aws:secretsmanager/secret:Secret", ada.code)
    assert secret.inputs["name"].endswith(f"{ada.code}-login")
    rules = json.loads(made.one("aws:secretsmanager/secretPolicy:SecretPolicy", ada.code).inputs["policy"])
    spared = rules["Statement"][0]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert spared == [f"arn:aws:iam::{one.account}:role/{one.of(MembersSpec).role}"]
    names = {each.name for each in made.of("aws:secretsmanager/secret:Secret")}
    assert member(one, "eve").code not in names


def test_a_member_s_namespace_is_held_as_the_tenant_s_is() -> None:
    one = blueprint("standard")
    made, ada = declared(one), member(one, "ada")

    def parts(prefix: str) -> dict[str, str]:
        kinds = ("Namespace", "ResourceQuota", "LimitRange", "NetworkPolicy", "Role", "RoleBinding")
        return {
            each.name.removeprefix(prefix): each.type
            for each in made.resources
            if each.type.startswith("kubernetes:") and each.type.split(":")[-1] in kinds
            if each.name.startswith(prefix) and (prefix or not each.name.startswith(ada.code))
        }

    assert parts(f"{ada.code}-") == parts("")
    binding = made.one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", f"{ada.code}-members")
    assert [each["name"] for each in binding.inputs["subjects"]] == [ada.namespace]
    entry = made.one("aws:eks/accessEntry:AccessEntry", f"{ada.code}-member-0")
    assert (entry.inputs["principalArn"], entry.inputs["kubernetesGroups"]) == (ARN, [ada.namespace])
    labels = made.one("kubernetes:core/v1:Namespace", f"{ada.code}-namespace").inputs["metadata"]["labels"]
    assert labels["tenant/slug"] == one.slug


def test_the_tenant_s_services_are_told_what_is_whose_and_no_secret() -> None:
    one = blueprint("standard")
    made, ada = declared(one), member(one, "ada")
    told = made.outputs["members"]
    assert set(told) == {"ada", "bob"}
    assert told["ada"]["schema"] == ada.schema
    assert told["ada"]["folder"] == ada.folder
    assert "members" not in made.secrets


@pytest.mark.parametrize("name", ["enterprise", "standard", "starter"])
def test_what_a_member_adds_is_the_same_for_each(name: str) -> None:
    few, many = ([{"id": f"m-{number}"} for number in range(count)] for count in (1, 3))
    one, three = (sum(declared(blueprint(name, members=each)).count().values()) for each in (few, many))
    none = sum(declared(blueprint(name, members=[])).count().values())
    assert (three - one) / 2 <= one - none
    assert (three - one) % 2 == 0
