"""Programs of tenants that share, and of the cell that they share with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stacks.blueprint import phase, placement, resolve, shared
from stacks.blueprint.data import DEPLOYER
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.inputs import tier
from stacks.inputs.tier import OwnSlice
from stacks.policies import cache
from stacks.programs import shared_services, tenant
from stacks.resources.members.spec import MembersSpec
from tests.component.declared import SHARED, Outcome, Secret, run
from tests.unit.stacks.given import KEY, TIERS, asked, local

OWN = ("aws:rds/", "aws:elasticache/replicationGroup", "aws:elasticache/userGroup:", "aws:s3/", "aws:backup/")
ROLE, DATABASE, SCHEMA = (f"postgresql:index/{each}" for each in ("role:Role", "database:Database", "schema:Schema"))
DEFAULTS = "postgresql:index/defaultPrivileges:DefaultPrivileges"
MEMBER, GRANT = "postgresql:index/grantRole:GrantRole", "postgresql:index/grant:Grant"


READS: dict[str, Any] = {"shared": {"reference": ["reference"]}}


def blueprint(name: str, form: OwnSlice = OwnSlice.DATABASE, **changes: Any) -> Blueprint:
    wanted = tier.load_version(TIERS, name, 1).model_copy(update={"bridge_database": form})
    profile = asked(tier=name, **changes)
    return resolve.tenant(profile, wanted, local(), placement.place(profile, wanted, local(), (), KEY, 1))


def declared(name: str, one: Phase = phase.LIVE, form: OwnSlice = OwnSlice.DATABASE) -> Outcome:
    return run(tenant.program(blueprint(name, form), one))


@pytest.fixture(scope="module")
def cell() -> Outcome:
    return run(shared_services.program(shared.resolve(local(), "us-east-1", 1), phase.LIVE))


@pytest.mark.parametrize("name", ["standard", "starter"])
def test_a_tenant_that_shares_makes_no_data_service(name: str) -> None:
    made = declared(name)
    assert [each for each in made.count() if each.startswith(OWN)] == []
    assert ("aws:kms/key:Key" in made.count()) is (name == "standard")


@pytest.mark.parametrize("name", ["standard", "starter"])
def test_it_works_as_the_deployer_and_never_as_the_master(name: str) -> None:
    (provider,) = declared(name).of("pulumi:providers:postgresql")
    assert provider.name == "deployer"
    assert provider.inputs["username"] == Secret("tenant_deployer")


def test_a_model_that_the_profile_names_is_a_volume_to_read_for_one_claim_of_its_namespace() -> None:
    wanted = tier.load_version(TIERS, "standard", 1)
    profile = asked(tier="standard", shared={"models": ["llama-3"]})
    facts = placement.place(profile, wanted, local(), (), KEY, 1)
    made = run(tenant.program(resolve.tenant(profile, wanted, local(), facts), phase.LIVE))
    volume = made.one("kubernetes:core/v1:PersistentVolume").inputs["spec"]
    claim = made.one("kubernetes:core/v1:PersistentVolumeClaim").inputs
    name = f"{facts.slug}-model-llama-3"
    assert (volume["claimRef"]["name"], volume["claimRef"]["namespace"]) == (claim["metadata"]["name"], facts.slug)
    assert volume["mountOptions"] == ["read-only", "prefix llama-3/"]
    assert volume["csi"]["volumeAttributes"]["bucketName"].endswith("-models")
    assert claim["spec"]["volumeName"] == volume["csi"]["volumeHandle"] == name
    assert claim["spec"]["accessModes"] == volume["accessModes"] == ["ReadOnlyMany"]


def test_a_bridge_tenant_s_database_is_closed_to_public_before_anybody_is_let_in() -> None:
    made = declared("standard")
    grants = {each.name: each.inputs for each in made.of(GRANT)}
    assert grants["public-database"]["privileges"] == []
    assert set(grants) == {
        *("public-database", "public-schema", "login-database", "reader-database", "login-schema", "reader-schema")
    }
    assert any("public-database" in need for need in made.one(GRANT, "public-schema").needs)
    assert made.one(DATABASE).inputs["owner"].endswith("_owner")


def test_the_login_works_with_rows_and_the_reader_reads_what_the_owner_makes() -> None:
    rights = {
        each.name: (each.inputs["privileges"], each.inputs["objectType"]) for each in declared("standard").of(DEFAULTS)
    }
    assert rights == {
        "login-tables": (["DELETE", "INSERT", "SELECT", "UPDATE"], "table"),
        "login-sequences": (["SELECT", "USAGE"], "sequence"),
        "reader-tables": (["SELECT"], "table"),
        "reader-sequences": (["SELECT"], "sequence"),
    }


def test_a_schema_beside_others_is_entered_by_membership() -> None:
    made = declared("standard", form=OwnSlice.SCHEMA)
    assert made.of(DATABASE) == []
    assert {each.inputs["grantRole"] for each in made.of(MEMBER)} == {"bridged_tenants"}
    assert len(made.of(MEMBER)) == 3
    assert made.one(SCHEMA).inputs["database"] == "bridge"


def test_a_pool_tenant_is_a_login_and_a_membership() -> None:
    made = declared("starter")
    (login,) = made.of(ROLE)
    assert (login.inputs["connectionLimit"], login.inputs["statementTimeout"]) == (5, 30000)
    assert [each.inputs["grantRole"] for each in made.of(MEMBER)] == ["pooled_tenants"]
    assert made.of(SCHEMA) == []


@pytest.mark.parametrize(
    ("name", "readers"),
    [("starter", {"{slug}"}), ("standard", {"{slug}", "{slug}_owner", "{slug}_reader"})],
)
def test_who_names_reference_tables_is_put_among_their_readers_with_its_members(name: str, readers: set[str]) -> None:
    one = blueprint(name, OwnSlice.SCHEMA, members=[{"id": "ada"}], **READS)
    made, (member,) = run(tenant.program(one, phase.LIVE)), one.of(MembersSpec).members
    put = {each.inputs["role"] for each in made.of(MEMBER) if each.inputs["grantRole"] == "reference_readers"}
    assert made.one(ROLE, member.code).inputs["roles"][1:] == ["reference_readers"]
    assert put == {each.format(slug=one.slug) for each in readers}
    assert made.outputs["referenceSchemas"] == ["reference"]
    assert "reference_readers" not in {each.inputs["grantRole"] for each in declared(name).of(MEMBER)}


@pytest.mark.parametrize(("one", "protected"), [(phase.ARCHIVED, True), (phase.PURGING, False)], ids=str)
def test_archived_a_bridge_keeps_its_rows_and_nobody_logs_in(one: Phase, protected: bool) -> None:
    made = declared("standard", one)
    assert {each.inputs["login"] for each in made.of(ROLE)} == {False}
    assert [each.protect for each in (made.one(DATABASE), made.one(SCHEMA))] == [protected, protected]
    assert made.one(SCHEMA).inputs["dropCascade"] is (one is phase.PURGING)
    assert {each.inputs["login"] for each in declared("standard").of(ROLE)} == {True}


def test_people_s_logins_are_a_secret_that_no_workload_reads() -> None:
    made = declared("standard")
    rules = json.loads(made.one("aws:secretsmanager/secretPolicy:SecretPolicy", "database-people").inputs["policy"])
    (statement,) = rules["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    assert [each.name for each in declared("starter").of("aws:secretsmanager/secret:Secret")] == [
        "database-login",
        "cache-login",
    ]


def test_the_role_carries_its_slug_and_names_its_folder_only() -> None:
    made, slug = declared("starter"), blueprint("starter").slug
    assert made.one("aws:iam/role:Role").inputs["tags"]["slug"] == slug
    text = made.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]
    objects = {each["Sid"]: each for each in json.loads(text)["Statement"]}["OwnObjects"]
    assert [each.rpartition(":")[2] for each in objects["Resource"]] == [f"demo-local-stj5e34rnl-objects/{slug}/*"]


def test_its_user_joins_the_cell_s_group_and_its_pods_the_group_of_clients() -> None:
    made = declared("starter")
    joined = made.one("aws:elasticache/userGroupAssociation:UserGroupAssociation").inputs
    assert joined["userGroupId"] == "demo-local-stj5e34rnl-users-1"
    policy = made.one("kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy").inputs
    assert SHARED["dataClientsGroup"] in policy["spec"]["securityGroups"]["groupIds"]


def test_the_cell_closes_every_database_and_lends_its_groups_to_the_deployer(cell: Outcome) -> None:
    closed = {
        each.inputs["database"]
        for each in cell.of(GRANT)
        if each.name.startswith("public-") and not each.inputs["privileges"]
    }
    assert closed == {"postgres", "template1", "bridge", "pool"}
    lent = {each.inputs["grantRole"]: each.inputs for each in cell.of(MEMBER)}
    assert set(lent) == {"pooled_tenants", "bridged_tenants", "reference_readers"}
    assert all(each["withAdminOption"] and each["role"] == "tenant_deployer" for each in lent.values())
    deployer = cell.one(ROLE, "deployer-1").inputs
    assert (deployer["createRole"], deployer["createDatabase"], deployer.get("superuser")) == (True, True, None)


def test_shared_tables_are_protected_by_row_and_have_no_default_privileges(cell: Outcome) -> None:
    rows = cell.one("rowsecurity:index:RowSecurity").inputs
    assert (rows["database"], rows["schema"], rows["role"]) == ("pool", "app", "pooled_tenants")
    assert "app" not in {each.inputs["schema"] for each in cell.of(DEFAULTS)}


def test_reference_tables_are_the_application_s_in_both_databases_and_their_readers_only_read(cell: Outcome) -> None:
    places = {("bridge", "reference"), ("pool", "reference")}
    made = [each.inputs for each in cell.of(SCHEMA) if each.inputs["owner"] == "application"]
    assert {(each["database"], each["name"]) for each in made} == places | {("pool", "app")}
    granted = [each.inputs for each in cell.of(GRANT) if each.inputs["role"] == "reference_readers"]
    assert sorted((each["database"], each["schema"], each["objectType"], *each["privileges"]) for each in granted) == [
        (*place, *right) for place in sorted(places) for right in (("schema", "USAGE"), ("table", "SELECT"))
    ]
    for each in cell.of(DEFAULTS):
        assert (each.inputs["database"], each.inputs["schema"]) in places
        who = (each.inputs["owner"], each.inputs["role"], each.inputs["objectType"], each.inputs["privileges"])
        assert who == ("application", "reference_readers", "table", ["SELECT"])
    assert cell.one(ROLE, "reference_readers-1").inputs["login"] is False
    entering = cell.one(GRANT, "application-bridge-1").inputs
    assert (entering["role"], entering["privileges"]) == ("application", ["CONNECT"])


def test_other_stacks_users_are_no_drift_of_the_shared_group(cell: Outcome) -> None:
    group = cell.one("aws:elasticache/userGroup:UserGroup")
    assert group.ignored == ("userIds",)
    deployer = cell.one("aws:elasticache/user:User").inputs
    assert (deployer["userName"], deployer["accessString"]) == (DEPLOYER, cache.DEPLOYER_ACCESS)
    parameters = cell.one("aws:elasticache/parameterGroup:ParameterGroup").inputs["parameters"]
    assert parameters == [{"name": "databases", "value": "128"}]


def test_only_the_clients_group_reaches_shared_data(cell: Outcome) -> None:
    rules = cell.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    into = {each.name: each.inputs for each in rules if each.name.startswith("shared-data-")}
    assert {each["referencedSecurityGroupId"] for each in into.values()} == {"shared-data-clients-id"}
    assert {each["fromPort"] for each in into.values()} == {5432, 6379}
