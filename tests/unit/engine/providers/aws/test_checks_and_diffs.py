from __future__ import annotations

import json
from typing import Any

import pytest

from engine.providers.aws import AwsAccess, AwsProvider, declared, values
from engine.providers.aws.rows import ROWS, bucket_settings
from engine.providers.port import UNKNOWN, ChangeKind, Checked, Diff, ProviderError, Resource

PROVIDER = AwsProvider(AwsAccess(default_endpoint="http://127.0.0.1:9"))
AWS = PROVIDER.configure({"region": "eu-west-1"})
KEY, SUBNET, ROLE, DATABASE = (
    "aws:kms/key:Key",
    "aws:ec2/subnet:Subnet",
    "aws:iam/role:Role",
    "aws:rds/instance:Instance",
)
GROUP, ENDPOINT = "aws:rds/subnetGroup:SubnetGroup", "aws:ec2/vpcEndpoint:VpcEndpoint"
BASE = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 200}
TRUST: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}


def thing(type: str, name: str = "x") -> Resource:
    return Resource(f"urn:{name}", type, name)


def check(type: str, news: dict[str, Any], olds: dict[str, Any] | None = None) -> Checked:
    return AWS.check(thing(type), olds, news, b"seed")


def diff(type: str, olds: dict[str, Any], news: dict[str, Any], name: str = "x") -> Diff:
    return AWS.diff(thing(type, name), "id", olds, {"region": "eu-west-1"}, news)


@pytest.mark.parametrize("given", [5, True, "x", ["x"], {"threshold": 5}])
def test_notifications_in_another_form_are_refused_at_check(given: object) -> None:
    budget = {"budgetType": "COST", "timeUnit": "MONTHLY", "notifications": given}
    assert check("aws:budgets/budget:Budget", budget).failures


@pytest.mark.parametrize("type", list(ROWS))
def test_every_declared_input_is_either_known_or_refused_by_name(type: str) -> None:
    row = ROWS[type]
    known = {prop.name for prop in row.props} | {"region"} | ({"tags"} if row.tags else set[str]())
    for name in declared.of(type).inputs:
        refused = {failure.property for failure in check(type, {name: UNKNOWN}).failures}
        assert (name in refused) == (name not in known), name


def test_a_property_that_no_sdk_has_is_refused() -> None:
    assert check(KEY, {"colour": "red"}).failures[0].property == "colour"


def test_a_type_without_a_row_is_refused() -> None:
    assert AWS.check(thing("aws:lambda/function:Function"), None, {}, b"").failures


def test_a_missing_required_property_is_named() -> None:
    assert "cidrBlock" in {failure.property for failure in check(SUBNET, {"vpcId": "vpc-1"}).failures}


def test_defaults_are_filled_in() -> None:
    assert check(KEY, {}).inputs["enableKeyRotation"] is False
    assert check(KEY, {}).inputs["deletionWindowInDays"] == 30


def test_checking_checked_inputs_changes_nothing() -> None:
    once = check(ROLE, {"assumeRolePolicy": json.dumps(TRUST, indent=1)}).inputs
    assert check(ROLE, once, once).inputs == once
    assert check(ROLE, {"assumeRolePolicy": json.dumps(TRUST)}, once).inputs == once


def test_an_unknown_policy_stays_unknown() -> None:
    assert check(ROLE, {"assumeRolePolicy": UNKNOWN}).inputs["assumeRolePolicy"] is UNKNOWN


def test_an_unknown_counts_as_changed() -> None:
    changes = diff(GROUP, {"subnetIds": ["a"]}, {"subnetIds": ["a", UNKNOWN]}).changes
    assert [change.path for change in changes] == ["subnetIds"]


def test_sets_are_compared_as_sets() -> None:
    assert not diff(GROUP, {"subnetIds": ["a", "b"]}, {"subnetIds": ["b", "a"]}).changes


def test_what_aws_chose_is_not_taken_back_by_silence() -> None:
    assert not diff(SUBNET, {"availabilityZone": "eu-west-1a"}, {}).changes


def test_a_removed_optional_input_is_a_change_to_its_default() -> None:
    news = check(KEY, {}, {"description": "old"}).inputs
    changes = diff(KEY, {**news, "description": "old"}, news).changes
    assert [(change.path, change.kind) for change in changes] == [("description", ChangeKind.DELETE)]


def test_tags_differ_one_by_one() -> None:
    changes = diff(KEY, {"tags": {"a": "1", "b": "2"}}, {"tags": {"a": "1", "c-d": "3"}}).changes
    assert {change.path for change in changes} == {"tags.b", 'tags["c-d"]'}
    assert not any(change.replace for change in changes)


def test_another_region_needs_a_successor_and_the_same_one_said_aloud_does_not() -> None:
    assert diff(KEY, {}, {"region": "eu-west-2"}).replaces
    assert not diff(KEY, {}, {"region": "eu-west-1"}).changes


def test_a_fixed_name_is_freed_before_its_successor_comes() -> None:
    olds = {"name": "acme-role", "path": "/"}
    assert diff(ROLE, olds, {**olds, "path": "/t/"}).delete_before_replace


def test_a_made_up_name_lets_the_successor_come_first() -> None:
    olds = {"name": "x-0123abc", "path": "/"}
    assert not diff(ROLE, olds, {**olds, "path": "/t/"}).delete_before_replace


def test_a_shrunk_disk_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ProviderError, match="200 GB -> 100 GB refused: RDS can't shrink a disk"):
        diff(DATABASE, BASE, {**BASE, "allocatedStorage": 100})


@pytest.mark.parametrize(
    ("type", "inputs", "named"),
    [
        (KEY, {"deletionWindowInDays": 3}, "deletionWindowInDays"),
        ("aws:kms/alias:Alias", {"name": "alias/aws/rds", "targetKeyId": "k"}, "name"),
        (DATABASE, {**BASE, "identifier": "Has_Upper"}, "identifier"),
        (DATABASE, {**BASE, "maxAllocatedStorage": 100}, "maxAllocatedStorage"),
        (DATABASE, {**BASE, "password": "x", "manageMasterUserPassword": True}, "password"),
        (ENDPOINT, {"vpcId": "v", "serviceName": "s", "subnetIds": ["a"]}, "subnetIds"),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 3}, "recoveryWindowInDays"),
        ("aws:s3/bucket:Bucket", {"bucket": "x"}, "bucket"),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "b", "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}},
            "versioningConfiguration.mfaDelete",
        ),
    ],
)
def test_inputs_that_aws_would_refuse_are_said_at_check(type: str, inputs: dict[str, Any], named: str) -> None:
    assert named in {failure.property for failure in check(type, inputs).failures}


@pytest.mark.parametrize("key", ["endpoints", "accessKey", "secretKey", "token", "profile", "defaultTags"])
def test_configuration_takes_a_region_and_nothing_else(key: str) -> None:
    assert [failure.property for failure in PROVIDER.check_config({"region": "eu-west-1", key: "x"})] == [key]


def test_another_region_makes_everything_anew() -> None:
    assert PROVIDER.diff_config({"region": "eu-west-1"}, {"region": "eu-west-2"}).replaces
    assert not PROVIDER.diff_config({"region": "eu-west-1"}, {"region": "eu-west-1"}).changes


def test_a_preview_knows_its_inputs_and_nothing_that_only_an_apply_can_tell() -> None:
    outputs = AWS.preview(thing(KEY), check(KEY, {"description": "d", "tags": {"a": "b"}}).inputs, None)
    assert outputs["description"] == "d"
    assert outputs["tagsAll"] == {"a": "b"}
    assert outputs["region"] == "eu-west-1"
    assert outputs["arn"] is UNKNOWN
    assert outputs["policy"] is UNKNOWN


def test_the_preview_of_an_update_keeps_what_lasts() -> None:
    outputs = AWS.preview(thing(KEY), {"description": "new"}, {"arn": "arn:x", "keyId": "x", "description": "old"})
    assert (outputs["arn"], outputs["description"]) == ("arn:x", "new")


def test_without_a_region_nothing_can_be_asked() -> None:
    with pytest.raises(ProviderError, match="region"):
        PROVIDER.configure({}).read(thing(KEY), "id", {}, {})


LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
USER = {"userId": "u", "userName": "u", "engine": "valkey", "accessString": "on ~* +@all"}


@pytest.mark.parametrize(
    ("type", "inputs", "named"),
    [
        (
            LIFECYCLE,
            {"bucket": "b", "rules": [{"id": "r", "status": "Enabled"}, {"id": "s", "expiration": {"dayz": 3}}]},
            "rules[1].expiration.dayz",
        ),
        (
            LIFECYCLE,
            {"bucket": "b", "rules": [{"id": "r", "expiration": {"days": "hidden"}}]},
            "rules[0].expiration.days",
        ),
        (
            ENCRYPTION,
            {"bucket": UNKNOWN, "rules": [{"applyServerSideEncryptionByDefault": {"kmsKey": UNKNOWN}}]},
            "rules[0].applyServerSideEncryptionByDefault.kmsKey",
        ),
        (
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            {"bucket": "b", "rule": {"objectOwnership": "BucketOwnerEnforced", "colour": "hidden"}},
            "rule.colour",
        ),
        (
            "aws:elasticache/user:User",
            {**USER, "authenticationMode": {"type": "password", "passwordz": ["hidden"]}},
            "authenticationMode.passwordz",
        ),
        ("aws:elasticache/user:User", {**USER, "passwords": [{"k": "hidden"}]}, "passwords[0]"),
        (
            "aws:rds/parameterGroup:ParameterGroup",
            {"family": "postgres16", "parameters": [{"name": "work_mem", "valu": "hidden"}]},
            "parameters[0].valu",
        ),
        (DATABASE, {**BASE, "allocatedStorage": "hidden"}, "allocatedStorage"),
        (DATABASE, {**BASE, "password": {"k": "hidden"}}, "password"),
    ],
)
def test_members_below_that_no_request_has_are_refused_by_their_path_and_no_value_is_told(
    type: str, inputs: dict[str, Any], named: str
) -> None:
    failures = check(type, inputs).failures
    assert named in {failure.property for failure in failures}
    assert "hidden" not in str(failures)


@pytest.mark.parametrize(
    ("type", "inputs"),
    [
        (LIFECYCLE, {"bucket": UNKNOWN, "rules": UNKNOWN}),
        (LIFECYCLE, {"bucket": "b", "rules": [{"id": UNKNOWN, "filter": UNKNOWN, "expiration": {"days": UNKNOWN}}]}),
        (ENCRYPTION, {"bucket": "b", "rules": [UNKNOWN]}),
        ("aws:elasticache/user:User", {**USER, "authenticationMode": {"type": "password", "passwords": [UNKNOWN]}}),
        ("aws:elasticache/user:User", {**USER, "authenticationMode": UNKNOWN}),
        ("aws:rds/parameterGroup:ParameterGroup", {"family": "postgres16", "parameters": [UNKNOWN]}),
        (DATABASE, {**BASE, "password": UNKNOWN, "vpcSecurityGroupIds": [UNKNOWN]}),
    ],
)
def test_what_is_not_known_yet_is_no_fault(type: str, inputs: dict[str, Any]) -> None:
    assert check(type, inputs).failures == ()


def _blocking(*kinds: str) -> list[dict[str, Any]]:
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "blockedEncryptionTypes": [*kinds]}]


@pytest.mark.parametrize(
    ("given", "live", "same"),
    [
        (_blocking("SSE-C"), _blocking("SSE-C"), True),
        (_blocking("SSE-C"), _blocking("NONE"), False),
        (_blocking("NONE"), _blocking("SSE-C"), False),
        (_blocking("NONE"), [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}], True),
        ([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}], _blocking("SSE-C"), True),
    ],
)
def test_blocked_encryption_types_count_where_they_were_asked_for(given: Any, live: Any, same: bool) -> None:
    rules = ROWS[ENCRYPTION].prop("rules")
    assert rules is not None
    assert values.alike(rules, given, live) is same


def test_blocked_encryption_types_are_sent_and_read_in_the_spelling_of_each_side() -> None:
    encoded: Any = ROWS[ENCRYPTION].encode({"bucket": "b", "rules": _blocking("SSE-C")})
    rule = encoded["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    assert bucket_settings.encryption_rules(encoded)["rules"] == [{**_blocking("SSE-C")[0], "bucketKeyEnabled": False}]


def test_a_preview_does_not_promise_an_output_that_the_change_moves() -> None:
    template = thing("aws:ec2/launchTemplate:LaunchTemplate")
    inputs = {"name": "gpu", "instanceType": "g5.xlarge", "updateDefaultVersion": True}
    outputs = {**inputs, "arn": "arn:x", "latestVersion": 3, "defaultVersion": 3, "tags": {"a": "b"}}
    retagged = AWS.preview(template, {**inputs, "tags": {"a": "c"}}, outputs)
    renewed = AWS.preview(template, {**inputs, "instanceType": "g5.2xlarge"}, outputs)
    assert (retagged["latestVersion"], retagged["defaultVersion"]) == (3, 3)
    assert (renewed["latestVersion"], renewed["defaultVersion"], renewed["arn"]) == (UNKNOWN, UNKNOWN, "arn:x")
