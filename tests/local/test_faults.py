"""Calls that go wrong, and processes that die: nothing lost, nothing doubled, and the same command goes on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.local_cloud import ApiFault
from tests.local.conftest import INTERRUPT, KILL, WHOLE, Desk

pytestmark = pytest.mark.xdist_group("faults")


def test_one_refused_call_is_told_the_rest_is_done_and_the_same_command_completes(desk: Desk) -> None:
    desk.profile("refused")
    desk.run(
        "local", "fault", "add", "rds", "CreateDBInstance", "--error", "InsufficientDBInstanceCapacity", "--times", "0"
    )
    answer = desk.try_("create", "refused")
    assert answer.code == 4
    assert "InsufficientDBInstanceCapacity" in answer.err
    assert "CreateDBInstance" in answer.err
    assert desk.status("refused") == "failed"
    assert desk.count(desk.slug("refused")) == {**WHOLE, "databases": 0}
    desk.run("local", "fault", "clear")
    desk.run("create", "refused")
    assert desk.count(desk.slug("refused")) == WHOLE
    assert desk.status("refused") == "active"


_CREATES = [
    ("ec2", "CreateSubnet"),
    ("ec2", "CreateSecurityGroup"),
    ("kms", "CreateKey"),
    ("s3", "CreateBucket"),
    ("iam", "CreateRole"),
    ("secretsmanager", "CreateSecret"),
    ("elasticache", "CreateReplicationGroup"),
    ("rds", "CreateDBInstance"),
]


def test_answers_lost_after_acceptance_double_nothing(desk: Desk) -> None:
    desk.profile("lossy")
    for service, operation in _CREATES:
        desk.cloud.faults.add(ApiFault(service, operation, lose_answer=True, times=1))
    codes: list[int] = []
    while desk.cloud.faults.list() or not codes or codes[-1] != 0:
        answer = desk.try_("create", "lossy")
        codes.append(answer.code)
        assert answer.code in (0, 4), answer.err
        assert len(codes) <= len(_CREATES) + 1, answer.err
    assert codes[0] == 4
    assert desk.count(desk.slug("lossy")) == WHOLE
    keys = desk.aws("kms").list_keys()["Keys"]
    living = [k for k in keys if desk.aws("kms").describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"]
    tagged = [k for k in living if _stack(desk, k["KeyId"]).endswith(desk.slug("lossy"))]
    assert len(tagged) == 1
    assert desk.try_("plan", "lossy", "--detailed-exitcode").code == 0


def _stack(desk: Desk, key: str) -> str:
    tags = desk.aws("kms").list_resource_tags(KeyId=key)["Tags"]
    return next((tag["TagValue"] for tag in tags if tag["TagKey"] == "stack"), "")


def test_death_in_mid_create_again_and_again_leaves_one_whole_tenant(desk: Desk) -> None:
    desk.profile("mortal")
    for marker in ("creating key (aws:kms", "creating database (aws:rds/instance", "creating own (postgresql"):
        killed = desk.stopped_at(marker, KILL, "create", "mortal")
        assert killed.code == -KILL
    desk.run("create", "mortal")
    assert desk.count(desk.slug("mortal")) == WHOLE
    assert desk.try_("plan", "mortal", "--detailed-exitcode").code == 0


def test_ctrl_c_ends_in_good_order_and_the_same_command_completes(desk: Desk) -> None:
    desk.profile("patient")
    desk.cloud.faults.add(ApiFault("rds", "CreateDBInstance", creating=1.0, times=1))
    stopped = desk.stopped_at("creating database (aws:rds/instance", INTERRUPT, "create", "patient")
    assert stopped.code == 130, stopped.err
    desk.run("create", "patient")
    assert desk.count(desk.slug("patient")) == WHOLE


def test_a_destroy_that_is_refused_or_dies_is_ended_by_the_same_command(desk: Desk) -> None:
    desk.profile("leaving")
    desk.run("create", "leaving")
    slug, outputs = desk.slug("leaving"), desk.outputs("leaving")
    desk.aws("s3").put_object(Bucket=outputs["dataBucket"], Key="kept", Body=b"numbers")
    destroy = ("destroy", "leaving", "--confirm", "leaving")
    desk.cloud.faults.add(ApiFault("rds", "DeleteDBInstance", error="InvalidDBInstanceState", times=0))
    refused = desk.try_(*destroy)
    assert refused.code == 4
    assert "InvalidDBInstanceState" in refused.err
    assert desk.count(slug)["databases"] == 1
    desk.cloud.faults.clear()
    desk.stopped_at("deleting database (aws:rds/instance", KILL, *destroy)
    desk.run(*destroy)
    assert desk.count(slug) == {**dict.fromkeys(WHOLE, 0), "buckets": 2, "aliases": 1}
    assert desk.status("leaving") == "destroyed"
    desk.cloud.faults.add(ApiFault("s3", "DeleteObjects", error="AccessDenied", times=0))
    assert desk.try_(*destroy, "--purge").code == 4
    desk.cloud.faults.clear()
    # what could not be deleted can still be read: its key goes last
    assert desk.aws("kms").describe_key(KeyId=outputs["keyArn"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert desk.aws("s3").get_object(Bucket=outputs["dataBucket"], Key="kept")["Body"].read() == b"numbers"
    desk.run(*destroy, "--purge")
    assert desk.count(slug) == dict.fromkeys(WHOLE, 0)
    assert desk.aws("kms").describe_key(KeyId=outputs["keyArn"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    (desk.home / "registry.sqlite").unlink()
    desk.run("registry", "rebuild")
    assert (desk.status("leaving"), desk.slug("leaving")) == ("destroyed", slug)


def test_half_a_tenant_is_not_called_destroyed_while_anything_of_it_stands(desk: Desk) -> None:
    desk.profile("half")
    desk.cloud.faults.add(ApiFault("s3", "PutBucketLogging", error="AccessDenied", times=0))
    assert desk.try_("create", "half").code == 4
    slug, destroy = desk.slug("half"), ("destroy", "half", "--confirm", "half")
    stood = desk.count(slug)
    assert (stood["databases"], stood["caches"], stood["subnets"]) == (1, 1, 3)
    assert desk.try_(*destroy).code == 4
    assert desk.status("half") != "destroyed"
    assert desk.count(slug) == stood
    desk.cloud.faults.clear()
    desk.run(*destroy)
    assert desk.status("half") == "destroyed"
    assert desk.count(slug) == {**dict.fromkeys(WHOLE, 0), "buckets": 2, "aliases": 1}


def test_an_update_that_was_accepted_and_then_failed_is_taken_back_when_the_profile_is(desk: Desk) -> None:
    desk.profile("waver")
    desk.run("create", "waver")
    desk.edit("waver", "storage_gb: 200", "storage_gb: 200\n  multi_az: true")
    desk.cloud.faults.add(ApiFault("rds", "DescribeDBInstances", error="AccessDenied", times=0))
    assert desk.try_("apply", "waver").code == 4
    desk.cloud.faults.clear()
    assert _multi_az(desk, "waver") is True
    desk.edit("waver", "\n  multi_az: true", "")
    desk.run("apply", "waver")
    assert _multi_az(desk, "waver") is False
    assert desk.run("drift", "waver", "--output", "json").json["tenants"][0]["drifted"] is False


def _multi_az(desk: Desk, tenant: str) -> bool:
    slug, instances = desk.slug(tenant), desk.aws("rds").describe_db_instances()["DBInstances"]
    (instance,) = [each for each in instances if slug in each["DBInstanceIdentifier"]]
    return instance["MultiAZ"]


# ---- bad input


@dataclass(frozen=True)
class Bad:
    id: str
    old: str
    new: str
    says: tuple[str, ...]
    code: int = 2


_BAD = [
    Bad("unknown tier", "tier: enterprise", "tier: enterprize", ("enterprize", "enterprise")),
    Bad("upper case", "tenant: bad", "tenant: Bad", ("tenant", ":3:")),
    Bad("reserved", "tenant: bad", "tenant: shared", ("shared", "reserved")),
    Bad("too long", "tenant: bad", "tenant: " + "a" * 31, ("tenant",)),
    Bad("region outside residency", "residency: [us]", "residency: [eu]", ("us-east-1", "eu-central-1")),
    Bad("no such class", "storage_gb: 200", "storage_gb: 200\n  instance_class: db.m6g.huge", ("db.m6g",)),
    Bad("no such node type", "cache.t4g.small", "cache.t4g.smal", ("cache.t4g.small",)),
    Bad(
        "no such GPU type",
        "cache:",
        "gpu:\n  instance_types: [p4d.xlarge]\ncache:",
        ("p4d.xlarge", "p4d.24xlarge"),
    ),
    Bad("unknown key", "owner:", "ownr: x\nowner:", ("ownr", "owner")),
    Bad("members", "cache:", "members:\n  - {id: ann}\n  - {id: ann}\ncache:", ("members[1].id", "already")),
    Bad("pooled tier", "tier: enterprise", "tier: starter", ("have no instance of their own",)),
]


@pytest.mark.parametrize("bad", _BAD, ids=lambda bad: bad.id)
def test_bad_input_ends_with_2_and_touches_nothing(desk: Desk, bad: Bad) -> None:
    path = desk.profile("bad")
    try:
        desk.edit("bad", bad.old, bad.new)
        before = (desk.run("list", "--output", "json").out, sorted((desk.home / "state").rglob("*.json")))
        answer = desk.try_("create", str(path))
        assert answer.code == bad.code, answer.err
        assert all(word in answer.err for word in bad.says), answer.err
        assert (desk.run("list", "--output", "json").out, sorted((desk.home / "state").rglob("*.json"))) == before
    finally:
        path.unlink()


def test_what_the_account_does_not_hold_is_refused_with_the_numbers_and_touches_nothing(desk: Desk) -> None:
    ec2, path = desk.aws("ec2"), desk.profile("roomy")
    desk.edit("roomy", "region: us-east-1", "region: us-east-1\nnetwork: {dedicated: true}\ncluster: {dedicated: true}")
    made: list[str] = []
    try:
        while len(ec2.describe_vpcs()["Vpcs"]) < 5:
            made.append(ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"])
        for command in ("plan", "create"):
            answer = desk.try_(command, "roomy")
            assert answer.code == 3, answer.err
            assert "VPCs: 5 of 5 in use, 1 more needed" in answer.err
        assert desk.status("roomy") == ""
    finally:
        for vpc in made:
            ec2.delete_vpc(VpcId=vpc)
        path.unlink()


def test_two_profiles_for_one_id_are_refused(desk: Desk) -> None:
    first = desk.profile("twin")
    second = desk.profiles / "another.yaml"
    second.write_text(first.read_text())
    try:
        answer = desk.try_("create", "twin")
        assert answer.code == 2
        assert "another.yaml" in answer.err
    finally:
        first.unlink()
        second.unlink()


def test_without_a_local_cloud_the_command_that_starts_it_is_named(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    elsewhere.profile("lonely")
    answer = elsewhere.try_("create", "lonely")
    assert answer.code == 4
    assert "tenant local start" in answer.err
