"""IAM holds for every service, whichever emulator serves it."""

from __future__ import annotations

import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.clients import Database

REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ec2": ("ec2:DescribeVpcs", lambda client: client.describe_vpcs()),
    "rds": ("rds:DescribeDBInstances", lambda client: client.describe_db_instances()),
    "s3": ("s3:ListAllMyBuckets", lambda client: client.list_buckets()),
    "kms": ("kms:ListKeys", lambda client: client.list_keys()),
    "elasticache": ("elasticache:DescribeUsers", lambda client: client.describe_users()),
    "logs": ("logs:DescribeLogGroups", lambda client: client.describe_log_groups()),
    "iam": ("iam:ListRoles", lambda client: client.list_roles()),
    "secretsmanager": ("secretsmanager:ListSecrets", lambda client: client.list_secrets()),
    "resourcegroupstaggingapi": ("tag:GetResources", lambda client: client.get_resources()),
}


@pytest.mark.parametrize("service", sorted(CALLS))
def test_a_role_may_do_what_it_is_allowed_and_nothing_else(role_client: Callable[..., Any], service: str) -> None:
    action, call = CALLS[service]
    call(role_client(service, {"Effect": "Allow", "Action": action, "Resource": "*"}))
    with pytest.raises(ClientError) as refused:
        call(role_client(service, {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}))
    assert clients.code(refused.value) in REFUSED


def test_a_role_of_one_instance_cannot_touch_another(
    role_client: Callable[..., Any], make_database: Callable[..., Database], name: str
) -> None:
    one, other = make_database(f"{name}-a"), make_database(f"{name}-b")
    arn = f"arn:aws:rds:us-east-1:123456789012:db:{one.identifier}"
    client = role_client("rds", {"Effect": "Allow", "Action": "rds:*", "Resource": arn})
    client.modify_db_instance(DBInstanceIdentifier=one.identifier, BackupRetentionPeriod=9)
    with pytest.raises(ClientError) as refused:
        client.modify_db_instance(DBInstanceIdentifier=other.identifier, BackupRetentionPeriod=9)
    assert clients.code(refused.value) in REFUSED


@pytest.mark.parametrize("service", ["ec2", "sts", "s3", "iam"])
def test_only_the_homes_key_with_its_own_secret_is_root(local_cloud: LocalCloud, service: str) -> None:
    known = local_cloud.environment()
    strangers = (
        (known.access_key, "wrong"),
        ("test", "test"),
        ("123456789012", known.secret_key),
        (f"AKIA{secrets.token_hex(8).upper()}", known.secret_key),
    )
    for key, secret in strangers:
        client = clients.with_keys(local_cloud, service, key, secret)
        with pytest.raises(ClientError) as refused:
            _ANY_CALL[service](client)
        assert clients.code(refused.value) in {
            "SignatureDoesNotMatch",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "UnrecognizedClientException",
            "AuthFailure",
        }, key


_ANY_CALL: dict[str, Callable[[Any], Any]] = {
    "ec2": lambda client: client.describe_vpcs(),
    "sts": lambda client: client.get_caller_identity(),
    "s3": lambda client: client.list_buckets(),
    "iam": lambda client: client.list_roles(),
}


def test_resources_of_both_emulators_are_found_by_tag(local_cloud: LocalCloud, name: str) -> None:
    tags = [{"Key": "stack", "Value": name}]
    vpc = clients.of(local_cloud, "ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    clients.of(local_cloud, "ec2").create_tags(Resources=[vpc], Tags=tags)
    clients.of(local_cloud, "s3").create_bucket(Bucket=name)
    clients.of(local_cloud, "s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    clients.of(local_cloud, "logs").create_log_group(logGroupName=name, tags={"stack": name})
    answer = clients.of(local_cloud, "resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "stack", "Values": [name]}]
    )
    found = sorted(each["ResourceARN"].split(":")[2] for each in answer["ResourceTagMappingList"])
    assert found == ["ec2", "logs", "s3"]


def test_a_role_may_only_make_what_carries_its_tag(role_client: Callable[..., Any], name: str) -> None:
    client = role_client(
        "ec2",
        {
            "Effect": "Allow",
            "Action": "ec2:CreateVpc",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestTag/stack": name}},
        },
    )

    def create(stack: str) -> None:
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "stack", "Value": stack}]}]
        client.create_vpc(CidrBlock="10.7.0.0/16", TagSpecifications=tags)

    create(name)
    with pytest.raises(ClientError) as refused:
        create("another")
    assert clients.code(refused.value) in REFUSED


def test_a_role_reaches_only_what_carries_its_tag(
    local_cloud: LocalCloud, role_client: Callable[..., Any], name: str
) -> None:
    ec2 = clients.of(local_cloud, "ec2")
    own, other = (ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    ec2.create_tags(Resources=[own], Tags=[{"Key": "stack", "Value": name}])
    condition = {"StringEquals": {"aws:ResourceTag/stack": name}}
    client = role_client("ec2", {"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition})
    with pytest.raises(ClientError) as refused:
        client.delete_vpc(VpcId=other)
    assert clients.code(refused.value) in REFUSED
    client.delete_vpc(VpcId=own)


@pytest.mark.parametrize("service", sorted(CALLS))
def test_who_does_not_sign_is_refused(local_cloud: LocalCloud, service: str) -> None:
    with pytest.raises(ClientError):
        CALLS[service][1](clients.unsigned(local_cloud, service))


def test_a_private_object_is_not_read_without_a_signature_and_is_with_a_signed_link(
    local_cloud: LocalCloud, name: str
) -> None:
    s3 = clients.of(local_cloud, "s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"private")
    with pytest.raises(ClientError):
        clients.unsigned(local_cloud, "s3").get_object(Bucket=name, Key="k")
    link: str = s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k"})
    trust = ssl.create_default_context(cafile=local_cloud.ca_file)
    with urllib.request.urlopen(link, context=trust) as answer:
        assert answer.read() == b"private"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link.replace("Signature=", "Signature=00"), context=trust)
