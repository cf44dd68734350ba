"""`tenant verify` over a world in memory: what it says, writes and ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from operations.isolation import catalogue, signers
from stacks.inputs.fields import Isolation
from stacks.policies import endpoint
from tests.fake_isolation import Setting
from tests.unit.cli.conftest import Tenant


@pytest.fixture
def two(tenant: Tenant) -> Tenant:
    assert tenant("create", str(tenant.world.write("globex"))).code == 0
    secrets = tenant.world.bundle.settings.secrets
    secrets.mkdir(parents=True)
    (secrets / "signing").write_text(tenant.world.bundle.signing.hex())
    return tenant


def broken(answer: Any) -> set[str]:
    return {each["assertion"] for each in answer["assertions"] if each["verdict"] == "BROKEN"}


def test_tenants_that_are_apart_are_held_and_what_can_t_be_shown_is_said(two: Tenant) -> None:
    answer = two("verify")
    assert answer.code == 0, answer.out
    last = answer.out.splitlines()[-1]
    assert last.startswith("2 tenants: all ")
    assert "cannot be shown and do not count" in last
    assert "nothing there yet" not in answer.out
    hidden = " ".join(answer.out.splitlines()[-3:-1]).partition("cannot be shown on this target: ")[2]
    assert [each.strip() for each in hidden.split(",")] == [
        "gpu-asked",
        "gpu-memory",
        "gpu-unasked",
        "pods-connect-others",
        "pods-first-seconds",
        "pods-metadata",
    ]
    assert "BROKEN" not in answer.out


@pytest.mark.parametrize("named", [("acme",), ("globex", "acme")], ids=" ".join)
def test_nobody_is_verified_against_itself(two: Tenant, named: tuple[str, ...]) -> None:
    refused = two("verify", *named, "--against", "acme")
    assert refused.code == 2
    assert refused.out == ""
    assert "acme can't be verified against itself" in refused.err
    assert two("verify", "globex", "--against", "acme").code == 0
    assert two("verify", "--against", "acme").code == 0


def test_the_only_tenant_is_nobody_to_be_tried_on(tenant: Tenant) -> None:
    refused = tenant("verify", "--against", "acme")
    assert refused.code == 2
    assert "`tenant verify acme`" in refused.err


def test_as_json_every_assertion_has_its_verdict(two: Tenant) -> None:
    said = two("verify", "--output", "json").json("verify")
    assert said["summary"]["BROKEN"] == said["summary"]["INCONCLUSIVE"] == 0
    assert sum(said["summary"].values()) == len(said["assertions"])
    places = [(each["assertion"], each["subject"], each["against"] or "") for each in said["assertions"]]
    assert places == sorted(places)
    shown = {each["assertion"] for each in said["assertions"]}
    # two tenants in one cluster have no other cluster's tokens; these have no members, models, queues or API
    of_silos = {entry.assertion.id for entry in catalogue.entries() if Isolation.SILO in entry.assertion.models}
    others = {each for each in of_silos if any(word in each for word in ("members", "models", "queues", "api-"))}
    assert shown == of_silos - others - {"k8s-token-others", "gpu-queue-selects", "gpu-queue-others", "nodes-metadata"}


def test_the_same_world_gives_the_same_text(two: Tenant) -> None:
    assert two("verify").out == two("verify").out


def test_a_hole_is_told_first_with_why_and_what_to_do_and_ends_with_7(two: Tenant) -> None:
    two.world.apart.open.add("kms")
    answer = two("verify")
    assert answer.code == 7
    lines = answer.out.splitlines()
    assert lines[0] == "BROKEN  kms-use-others acme -> globex"
    assert lines[1].startswith("  claim: No tenant encrypts, decrypts")
    assert lines[2].startswith("  why: Decrypt what globex encrypted: worked")
    assert lines[3].startswith("  do: Look at the key's policy")
    assert lines[-1].startswith("2 tenants: 2 broken, ")


HOLES = {
    "s3": {"s3-read-others", "s3-write-others", "s3-presigned-others", "s3-copy-from-others", "s3-other-keys"},
    "kms": {"kms-use-others"},
    "secretsmanager": {"secret-read-others"},
    "logs": {"logs-read-others"},
    "iam": {"iam-change-itself"},
    "sts": {"iam-assume-others"},
    "sql": {"pg-login-others", "pg-become-others", "pg-public-closed", "pg-server-closed", "pg-tls-only"},
    "cache": {"cache-login-others", "cache-server-commands", "cache-default-off", "cache-tls-only"},
    "state": {"state-no-plaintext"},
}


@pytest.mark.parametrize("service", HOLES)
def test_each_open_service_breaks_what_is_about_it_and_nothing_else(two: Tenant, service: str) -> None:
    two.world.apart.open.add(service)
    answer = two("verify", "--output", "json")
    assert broken(answer.json("verify")) == HOLES[service]
    assert answer.code == 7


def _more(text: str, statement: dict[str, Any]) -> str:
    """A policy with a statement more that allows."""
    read = json.loads(text)
    added = [*read.get("Statement", ()), {"Sid": "Hole", "Effect": "Allow", **statement}]
    return json.dumps({"Version": "2012-10-17", **read, "Statement": added})


def _leading_out(described: dict[str, Any]) -> dict[str, Any]:
    """An endpoint that asks who it is and not whose the bucket is."""
    return {**described, "PolicyDocument": json.dumps(endpoint.own_account("123456789012"))}


_ALL: dict[str, Any] = {"Action": "*", "Resource": "*"}

SETTINGS: dict[str, tuple[tuple[str, str], Setting, set[str]]] = {
    "a public access block with three of four": (
        ("s3", "GetPublicAccessBlock"),
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        {"s3-closed-to-public"},
    ),
    "a bucket policy without a word on TLS": (
        ("s3", "GetBucketPolicy"),
        {"Policy": '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []}]}'},
        {"s3-tls-only"},
    ),
    "another default key": (
        ("s3", "GetBucketEncryption"),
        {"ServerSideEncryptionConfiguration": {"Rules": []}},
        {"s3-default-key"},
    ),
    "a key that waits for its end": (
        ("kms", "DescribeKey"),
        lambda good: {"KeyMetadata": {**good["KeyMetadata"], "KeyState": "PendingDeletion"}},
        {"kms-key-kept"},
    ),
    "a grant to a stranger": (
        ("kms", "ListGrants"),
        {"Grants": [{"GranteePrincipal": "arn:aws:iam::1:role/demo-local-tabcdefghi-workload", "GrantId": "1" * 9}]},
        {"kms-grants-own"},
    ),
    "a role without a boundary": (
        ("iam", "GetRole"),
        lambda good: {"Role": {k: v for k, v in good["Role"].items() if k != "PermissionsBoundary"}},
        {"iam-boundary"},
    ),
    "a public database": (
        ("rds", "DescribeDBInstances"),
        lambda good: {"DBInstances": [{**good["DBInstances"][0], "PubliclyAccessible": True}]},
        {"net-endpoints-private"},
    ),
    "an open vault": (
        ("backup", "DescribeBackupVault"),
        lambda good: {**good, "Locked": False},
        {"backups-locked"},
    ),
    "a rule from everywhere": (
        ("ec2", "DescribeSecurityGroupRules"),
        lambda good: {
            "SecurityGroupRules": [
                *good["SecurityGroupRules"],
                {"IsEgress": False, "CidrIpv4": "0.0.0.0/0", "FromPort": 5432},
            ]
        },
        {"net-data-groups"},
    ),
    "a key policy that opens to everybody": (
        ("kms", "GetKeyPolicy"),
        lambda good: {"Policy": _more(good["Policy"], {"Action": "kms:Decrypt", "Principal": "*", "Resource": "*"})},
        {"kms-policy-own", "proof-kms-use", "proof-who-can"},
    ),
    "a secret's policy that lets everybody read": (
        ("secretsmanager", "GetResourcePolicy"),
        {"ResourcePolicy": _more("{}", {"Action": "*", "Principal": {"AWS": "*"}, "Resource": "*"})},
        {"proof-secrets-read", "proof-who-can"},
    ),
    "a role that may do everything to itself": (
        ("iam", "GetRolePolicy"),
        lambda good: {"PolicyDocument": json.loads(_more(json.dumps(good["PolicyDocument"]), _ALL))},
        set(),  # its boundary says no
    ),
    "a role and a boundary that allow everything": (
        ("iam", "GetPolicyVersion"),
        {"PolicyVersion": {"Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **_ALL}]}}},
        {"iam-boundary"},  # the role's own policies give nothing more
    ),
    "no network policies": (("kubernetes", "networkpolicies"), {"items": []}, {"k8s-default-deny"}),
    "policies that only warn": (
        ("kubernetes", "validatingadmissionpolicybindings"),
        {"items": [{"spec": {"policyName": "p", "validationActions": ["Warn"]}}]},
        {"k8s-restricted"},
    ),
    "an endpoint that leads to what is not this account's": (
        ("ec2", "DescribeVpcEndpoints"),
        lambda good: {"VpcEndpoints": [_leading_out(each) for each in good["VpcEndpoints"]]},
        {"proof-endpoint-outside"},
    ),
    "pods that get the role without its tags": (
        ("eks", "DescribePodIdentityAssociation"),
        lambda good: {"association": {**good["association"], "disableSessionTags": True}},
        {"pods-identity-own"},
    ),
    "a shared snapshot": (
        ("rds", "DescribeDBSnapshotAttributes"),
        {
            "DBSnapshotAttributesResult": {
                "DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": ["all"]}]
            }
        },
        {"backups-not-shared"},
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_that_is_wrong_breaks_what_is_about_it_and_nothing_else(two: Tenant, name: str) -> None:
    place, differs, wanted = SETTINGS[name]
    two.world.apart.settings[place] = differs
    assert broken(two("verify", "--output", "json").json("verify")) == wanted


@pytest.mark.parametrize("service", ["s3", "kms", "sql", "cache", "kubernetes", "ec2", "sts", "backup"])
def test_a_service_that_does_not_answer_leaves_nothing_held_that_rests_on_it(two: Tenant, service: str) -> None:
    two.world.apart.down.add(service)
    answer = two("verify", "--output", "json")
    said = answer.json("verify")
    assert answer.code == 7
    assert said["summary"]["BROKEN"] == 0
    assert said["summary"]["INCONCLUSIVE"] > 0
    told = two("verify")
    assert "Nothing is proven until this works" in told.out


def test_a_verifier_that_may_not_take_on_roles_still_reads_settings(two: Tenant) -> None:
    two.world.apart.down.add("sts")
    said = two("verify", "--output", "json").json("verify")
    found = {each["assertion"]: each["verdict"] for each in said["assertions"]}
    assert found["s3-read-others"] == "INCONCLUSIVE"
    assert found["s3-closed-to-public"] == "HELD"


def test_one_level_is_one_level(two: Tenant) -> None:
    said = two("verify", "--level", "config", "--output", "json").json("verify")
    levels = {entry.assertion.id: entry.assertion.level for entry in catalogue.entries()}
    assert {levels[each["assertion"]] for each in said["assertions"]} == {"config"}
    assert not two.world.apart.asked or all("s3 " not in each for each in two.world.apart.asked)


def test_two_that_are_named_are_all_that_is_looked_at(two: Tenant) -> None:
    assert two("create", str(two.world.write("initech"))).code == 0
    said = two("verify", "acme", "--against", "globex", "--output", "json").json("verify")
    pairs = {(each["subject"], each["against"]) for each in said["assertions"]}
    assert pairs == {("acme", None), ("globex", None), ("acme", "globex"), ("globex", "acme")}


def test_one_tenant_alone_has_no_pairs(tenant: Tenant) -> None:
    said = tenant("verify", "--output", "json").json("verify")
    assert {each["against"] for each in said["assertions"]} == {None}


def test_unknown_and_destroyed_tenants_and_an_empty_environment_are_bad_input(bare: Tenant, two: Tenant) -> None:
    assert two("verify", "nobody").code == 2
    assert two("destroy", "globex", "--yes", "--confirm", "globex").code == 0
    answer = two("verify", "acme", "--against", "globex")
    assert (answer.code, "nothing to verify" in answer.err) == (2, True)
    assert two("destroy", "acme", "--yes", "--confirm", "acme").code == 0
    assert two("verify").code == 2


def test_evidence_is_checked_without_a_cloud(two: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    assert two("verify", "--evidence", str(file)).code == 0
    two.world.apart.down.update({"s3", "sts", "kubernetes"})
    answer = two("verify", "--check", str(file))
    assert answer.code == 0
    assert "evidence of environment local, as it was signed" in answer.out
    said = two("verify", "--check", str(file), "--output", "json").json("verify-check")
    assert said["good"] is True
    assert {each.split()[0] for each in said["tenants"]} == {"acme", "globex"}


def test_an_edited_file_ends_with_3_and_no_evidence_with_2(two: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    assert two("verify", "--evidence", str(file)).code == 0
    edited = tmp_path / "edited.json"
    edited.write_text(file.read_text().replace('"HELD"', '"BROKEN"', 1))
    assert two("verify", "--check", str(edited)).code == 3
    edited.write_bytes(b"\xff\xfe")
    assert two("verify", "--check", str(edited)).code == 2
    assert two("verify", "--check", str(tmp_path / "none.json")).code == 2
    assert two("verify", "acme", "--check", str(file)).code == 2


def test_an_auditor_checks_with_the_public_key_and_makes_no_home(two: Tenant, tmp_path: Path) -> None:
    file, key, empty = tmp_path / "evidence.json", tmp_path / "key.pem", tmp_path / "auditor"
    assert two("verify", "--evidence", str(file)).code == 0
    key.write_text(two("verify", "--public-key").out)
    there = ("--home", str(empty), "--env", "nowhere", "verify", "--check", str(file))
    answer = two(*there, "--key", str(key))
    assert answer.code == 0, answer.err
    said = two("verify", "--public-key", "--output", "json").json("verify-public-key")
    assert said["pem"] in key.read_text()
    assert f"as it was signed with key {said['key']}" in answer.out
    without = two(*there)
    assert (without.code, "--key FILE" in without.err) == (2, True)
    assert two("--home", str(empty), "verify", "--public-key").code == 2
    assert not empty.exists()


def test_another_s_key_ends_with_3_and_what_is_no_key_with_2(two: Tenant, tmp_path: Path) -> None:
    file, key = tmp_path / "evidence.json", tmp_path / "key.pem"
    assert two("verify", "--evidence", str(file)).code == 0
    key.write_text(signers.write(signers.of(b"t" * 32, "local")))
    answer = two("verify", "--check", str(file), "--key", str(key))
    assert (answer.code, "signed with another key" in answer.err) == (3, True)
    for text in (b"", b"\xff\xfe", two.world.bundle.signing.hex().encode()):
        key.write_bytes(text)
        assert two("verify", "--check", str(file), "--key", str(key)).code == 2
    assert two("verify", "--check", str(file), "--key", str(tmp_path / "none.pem")).code == 2


@pytest.mark.parametrize(
    "words", [("--key", "k"), ("--public-key", "--check", "e"), ("--public-key", "acme"), ("acme", "--check", "e")]
)
def test_two_wishes_at_once_are_bad_input(bare: Tenant, words: tuple[str, ...]) -> None:
    assert bare("verify", *words).code == 2


def test_evidence_of_a_hole_is_kept_too(two: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    two.world.apart.open.add("kms")
    assert two("verify", "--evidence", str(file)).code == 7
    assert json.loads(file.read_text())["evidence"]["summary"]["BROKEN"] == 2
    assert two("verify", "--check", str(file)).code == 0


def test_evidence_that_can_t_be_written_is_said(two: Tenant, tmp_path: Path) -> None:
    assert two("verify", "--evidence", str(tmp_path / "no" / "such.json")).code == 2


def test_as_junit_holes_fail_what_is_unproven_errs_and_what_can_t_be_shown_is_skipped(
    two: Tenant, tmp_path: Path
) -> None:
    two.world.apart.open.add("kms")
    two.world.apart.down.add("logs")
    file = tmp_path / "junit.xml"
    assert two("verify", "--junit", str(file)).code == 7
    suite = Xml.parse(file).getroot()[0]
    cases = {case.get("name"): [each.tag for each in case] for case in suite}
    assert cases["kms-use-others acme -> globex"] == ["failure"]
    assert cases["logs-read-others acme -> globex"] == ["error"]
    assert cases["gpu-unasked acme"] == ["skipped"]
    assert cases["s3-read-others acme -> globex"] == ["system-out"]
    assert (suite.get("failures"), suite.get("errors")) == ("2", "2")
    groups = {case.get("name"): case.get("classname") for case in suite}
    assert groups["kms-use-others acme -> globex"] == "tenant.encryption"
    assert groups["pg-login-others acme -> globex"] == "tenant.database"
    assert all(float(case.get("time", "")) >= 0 for case in suite)


def test_no_secret_is_in_what_is_said(two: Tenant, tmp_path: Path) -> None:
    two.world.apart.open.update(HOLES)
    file = tmp_path / "evidence.json"
    answer = two("verify", "--output", "json", "--evidence", str(file))
    assert "word-t" not in answer.out + answer.err + file.read_text()
