"""IAM holds for every service, whichever emulator serves it."""

from __future__ import annotations

import secrets
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
