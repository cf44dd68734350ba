"""Policies that speak of the caller and of the encryption context, in every kind of policy, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OWN, OTHER = "own-slug", "other-slug"


def refused(call: Callable[[], Any]) -> bool:
    """Whether IAM refused the call; it went through otherwise."""
    try:
        call()
    except ClientError as error:
        if clients.code(error) in {"AccessDenied", "AccessDeniedException"}:
            return True
        raise
    return False


def tags(**given: str) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in given.items()]}


@pytest.fixture
def objects(local_cloud: LocalCloud, name: str) -> Iterator[str]:
    """A bucket with an object of each of two tenants."""
    s3 = clients.of(local_cloud, "s3")
    s3.create_bucket(Bucket=name)
    for slug in (OWN, OTHER):
        s3.put_object(Bucket=name, Key=f"{slug}/k", Body=b"1")
    yield name
    s3.delete_bucket_policy(Bucket=name)
    for each in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def reads(s3: Any, bucket: str, slug: str) -> bool:
    return not refused(lambda: s3.get_object(Bucket=bucket, Key=f"{slug}/k"))


def by_tag(bucket: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/slug}}/*",
    }


def test_a_role_reads_under_the_prefix_that_its_tag_names_and_nowhere_else(
    local_cloud: LocalCloud, objects: str
) -> None:
    s3 = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [by_tag(objects)], **tags(slug=OWN)))
    assert reads(s3, objects, OWN)
    assert not reads(s3, objects, OTHER)


def test_a_role_without_the_tag_reads_nothing(local_cloud: LocalCloud, objects: str) -> None:
    s3 = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [by_tag(objects)], **tags(other=OWN)))
    assert not reads(s3, objects, OWN)
    assert not reads(s3, objects, "${aws:PrincipalTag/slug}")


def test_a_tag_of_the_session_stands_in_place_of_the_roles(local_cloud: LocalCloud, objects: str) -> None:
    role = clients.make_role(local_cloud, [by_tag(objects)], **tags(slug=OWN))
    s3 = clients.in_session(local_cloud, "s3", role, slug=OTHER)
    assert not reads(s3, objects, OWN)
    assert reads(s3, objects, OTHER)


def test_a_condition_compares_with_the_callers_tag(local_cloud: LocalCloud, objects: str) -> None:
    listing = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "*",
        "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/slug}/*"}},
    }
    tagged = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [listing], **tags(slug=OWN)))
    bare = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [listing]))
    assert not refused(lambda: tagged.list_objects_v2(Bucket=objects, Prefix=f"{OWN}/"))
    assert refused(lambda: tagged.list_objects_v2(Bucket=objects, Prefix=f"{OTHER}/"))
    assert refused(lambda: bare.list_objects_v2(Bucket=objects, Prefix=f"{OWN}/"))


def test_whom_a_tag_of_the_session_names_is_denied_everything_sessions_that_run_too(
    local_cloud: LocalCloud, objects: str
) -> None:
    refusal = {
        "Effect": "Deny",
        "Action": ["*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/member": ["other", "left"]}},
    }
    role = clients.make_role(local_cloud, [EVERYTHING])
    left, stays = (clients.in_session(local_cloud, "s3", role, member=name) for name in ("left", "stays"))
    assert reads(left, objects, OWN)
    document = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING, refusal]})
    iam, name = clients.of(local_cloud, "iam"), role.rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
    assert not reads(left, objects, OWN)
    assert refused(lambda: left.put_object(Bucket=objects, Key=f"{OWN}/new", Body=b"1"))
    assert reads(stays, objects, OWN)
    assert reads(clients.in_session(local_cloud, "s3", role), objects, OWN)


def test_a_denial_of_all_but_the_callers_own_needs_the_tag_to_deny(local_cloud: LocalCloud, objects: str) -> None:
    denied = {
        "Effect": "Deny",
        "Action": "s3:GetObject",
        "NotResource": f"arn:aws:s3:::{objects}/${{aws:PrincipalTag/slug}}/*",
    }
    statements = [EVERYTHING, denied]
    s3 = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, statements, **tags(slug=OWN)))
    assert reads(s3, objects, OWN)
    assert not reads(s3, objects, OTHER)


def test_a_default_stands_in_for_a_tag_that_is_missing(local_cloud: LocalCloud, objects: str) -> None:
    resource = f"arn:aws:s3:::{objects}/${{aws:PrincipalTag/slug, '{OTHER}'}}/*"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    bare = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [statement]))
    assert reads(bare, objects, OTHER)
    assert not reads(bare, objects, OWN)


def test_escaped_characters_stand_for_themselves(local_cloud: LocalCloud, objects: str) -> None:
    clients.of(local_cloud, "s3").put_object(Bucket=objects, Key="*?$/k", Body=b"1")
    resource = f"arn:aws:s3:::{objects}/${{*}}${{?}}${{$}}/*"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    s3 = clients.in_session(local_cloud, "s3", clients.make_role(local_cloud, [statement]))
    assert reads(s3, objects, "*?$")
    assert not reads(s3, objects, OWN)


def test_a_policy_of_the_old_version_knows_no_variables(local_cloud: LocalCloud, objects: str) -> None:
    role = clients.make_role(local_cloud, [by_tag(objects)], version="2008-10-17", **tags(slug=OWN))
    s3 = clients.in_session(local_cloud, "s3", role)
    assert not reads(s3, objects, OWN)


def test_a_users_name_is_known_to_its_policies(local_cloud: LocalCloud, objects: str, name: str) -> None:
    iam = clients.of(local_cloud, "iam")
    iam.create_user(UserName=OWN)
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{objects}/${{aws:username}}/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=OWN, PolicyName="p", PolicyDocument=document)
    keys = iam.create_access_key(UserName=OWN)["AccessKey"]
    try:
        s3 = clients.with_keys(local_cloud, "s3", keys["AccessKeyId"], keys["SecretAccessKey"])
        assert reads(s3, objects, OWN)
        assert not reads(s3, objects, OTHER)
    finally:
        iam.delete_access_key(UserName=OWN, AccessKeyId=keys["AccessKeyId"])
        iam.delete_user_policy(UserName=OWN, PolicyName="p")
        iam.delete_user(UserName=OWN)


def test_a_boundary_speaks_of_the_callers_tag(local_cloud: LocalCloud, objects: str, name: str) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [by_tag(objects)]})
    boundary = clients.of(local_cloud, "iam").create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    role = clients.make_role(local_cloud, [EVERYTHING], PermissionsBoundary=boundary, **tags(slug=OWN))
    bare = clients.make_role(local_cloud, [EVERYTHING], PermissionsBoundary=boundary)
    s3 = clients.in_session(local_cloud, "s3", role)
    assert reads(s3, objects, OWN)
    assert not reads(s3, objects, OTHER)
    assert not reads(clients.in_session(local_cloud, "s3", bare), objects, OWN)


@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17"])
def test_a_bucket_policy_speaks_of_the_callers_tag(local_cloud: LocalCloud, objects: str, version: str) -> None:
    tagged, bare = (clients.make_role(local_cloud, [], **more) for more in (tags(slug=OWN), {}))
    statement = by_tag(objects) | {"Principal": {"AWS": [tagged, bare]}}
    policy = json.dumps({"Version": version, "Statement": [statement]})
    clients.of(local_cloud, "s3").put_bucket_policy(Bucket=objects, Policy=policy)
    s3 = clients.in_session(local_cloud, "s3", tagged)
    assert reads(s3, objects, OWN) is (version == "2012-10-17")
    assert not reads(s3, objects, OTHER)
    assert not reads(clients.in_session(local_cloud, "s3", bare), objects, OWN)


@pytest.fixture
def key(local_cloud: LocalCloud) -> str:
    return str(clients.of(local_cloud, "kms").create_key()["KeyMetadata"]["Arn"])


WITHIN: dict[str, dict[str, Any]] = {
    "a fixed value": {"StringEquals": {"kms:EncryptionContext:tenant": OWN}},
    "the caller's tag": {"StringEquals": {"kms:EncryptionContext:tenant": "${aws:PrincipalTag/slug}"}},
    "its keys": {
        "ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "tenant"},
        "StringNotEquals": {"kms:EncryptionContext:tenant": OTHER},
    },
}


def encrypts(kms: Any, key: str, context: dict[str, str]) -> bool:
    return not refused(lambda: kms.encrypt(KeyId=key, Plaintext=b"1", EncryptionContext=context))


def assert_only_its_own(kms: Any, key: str) -> None:
    assert encrypts(kms, key, {"tenant": OWN})
    assert encrypts(kms, key, {"tenant": OWN, "more": "x"})
    assert not encrypts(kms, key, {"tenant": OTHER})
    assert not encrypts(kms, key, {"other": OWN})
    assert not encrypts(kms, key, {})


@pytest.mark.parametrize("within", sorted(WITHIN))
def test_a_role_uses_a_key_in_the_encryption_context_that_its_policy_names(
    local_cloud: LocalCloud, key: str, within: str
) -> None:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": key, "Condition": WITHIN[within]}
    role = clients.make_role(local_cloud, [statement], **tags(slug=OWN))
    assert_only_its_own(clients.in_session(local_cloud, "kms", role), key)


@pytest.mark.parametrize("within", sorted(WITHIN))
def test_a_key_policy_lets_a_role_in_within_an_encryption_context(
    local_cloud: LocalCloud, key: str, within: str
) -> None:
    role = clients.make_role(local_cloud, [], **tags(slug=OWN))
    account = {"AWS": f"arn:aws:iam::{role.split(':')[4]}:root"}
    statements = [
        {"Effect": "Allow", "Principal": account, "Action": ["kms:Put*", "kms:Get*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": ["kms:Encrypt", "kms:Decrypt"],
            "Resource": "*",
            "Condition": WITHIN[within],
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    clients.of(local_cloud, "kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assert_only_its_own(clients.in_session(local_cloud, "kms", role), key)


def test_what_was_encrypted_for_one_tenant_is_decrypted_by_its_role_only(local_cloud: LocalCloud, key: str) -> None:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": key, "Condition": WITHIN["the caller's tag"]}
    own, other = (
        clients.in_session(local_cloud, "kms", clients.make_role(local_cloud, [statement], **tags(slug=slug)))
        for slug in (OWN, OTHER)
    )
    cipher = own.encrypt(KeyId=key, Plaintext=b"mine", EncryptionContext={"tenant": OWN})["CiphertextBlob"]
    assert own.decrypt(CiphertextBlob=cipher, EncryptionContext={"tenant": OWN})["Plaintext"] == b"mine"
    assert refused(lambda: other.decrypt(CiphertextBlob=cipher, EncryptionContext={"tenant": OWN}))
    with pytest.raises(ClientError):
        other.decrypt(CiphertextBlob=cipher, EncryptionContext={"tenant": OTHER})
