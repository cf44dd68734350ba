"""Calls that go wrong on purpose, in each protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from engine.local_cloud import ApiFault, LocalCloud
from stacks.errors import BadInput
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.clients import Cache
from tests.contract.local_cloud.conftest import Network

pytestmark = pytest.mark.xdist_group("local_cloud_faults")
ONCE = 1


@pytest.fixture(autouse=True)
def no_faults(local_cloud: LocalCloud) -> Iterator[None]:
    yield
    local_cloud.faults.clear()


CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "rds": ("DescribeDBInstances", lambda client: client.describe_db_instances()),
    "ec2": ("DescribeVpcs", lambda client: client.describe_vpcs()),
    "kms": ("ListKeys", lambda client: client.list_keys()),
    "s3": ("ListBuckets", lambda client: client.list_buckets()),
    "eks": ("ListClusters", lambda client: client.list_clusters()),
    "elasticache": ("DescribeUsers", lambda client: client.describe_users()),
    "iam": ("ListRoles", lambda client: client.list_roles()),
    "route53": ("ListHostedZones", lambda client: client.list_hosted_zones()),
    "cloudwatch": ("DescribeAlarms", lambda client: client.describe_alarms()),
}


@pytest.mark.parametrize("service", sorted(CALLS))
def test_a_call_fails_with_the_code_asked_for_and_then_works(local_cloud: LocalCloud, service: str) -> None:
    operation, call = CALLS[service]
    local_cloud.faults.add(ApiFault(service, operation, error="SomethingUnusual"))
    client = clients.of(local_cloud, service, 1)
    with pytest.raises(ClientError) as refused:
        call(client)
    assert clients.code(refused.value) == "SomethingUnusual"
    call(client)
    assert local_cloud.faults.list() == ()


def test_an_error_comes_before_the_call_is_accepted(local_cloud: LocalCloud) -> None:
    local_cloud.faults.add(ApiFault("ec2", "CreateVpc", error="VpcLimitExceeded", times=2))
    client = clients.of(local_cloud, "ec2", 1)
    before = len(client.describe_vpcs()["Vpcs"])
    for _ in range(2):
        with pytest.raises(ClientError):
            client.create_vpc(CidrBlock="10.8.0.0/16")
    assert len(client.describe_vpcs()["Vpcs"]) == before


def _make_group(client: Any, name: str) -> None:
    client.create_security_group(GroupName=name, Description=name)


def _groups(client: Any, name: str) -> list[Any]:
    return client.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]


def _make_bucket(client: Any, name: str) -> None:
    client.create_bucket(Bucket=name)


def _buckets(client: Any, name: str) -> list[Any]:
    return [one for one in client.list_buckets()["Buckets"] if one["Name"] == name]


@pytest.mark.parametrize(
    ("service", "operation", "make", "found"),
    [
        pytest.param("ec2", "CreateSecurityGroup", _make_group, _groups, id="moto"),
        pytest.param("s3", "CreateBucket", _make_bucket, _buckets, id="ministack"),
    ],
)
def test_a_lost_answer_leaves_the_thing_made(
    local_cloud: LocalCloud,
    name: str,
    service: str,
    operation: str,
    make: Callable[[Any, str], None],
    found: Callable[[Any, str], list[Any]],
) -> None:
    local_cloud.faults.add(ApiFault(service, operation, lose_answer=True))
    client = clients.of(local_cloud, service, 1)
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        make(client, name)
    assert len(found(client, name)) == ONCE


def test_a_hanging_call_takes_its_time_and_succeeds(local_cloud: LocalCloud) -> None:
    for service in ("sts", "ec2"):
        operation = {"sts": "GetCallerIdentity", "ec2": "DescribeVpcs"}[service]
        local_cloud.faults.add(ApiFault(service, operation, hang=0.7))
        client, start = clients.of(local_cloud, service), time.monotonic()
        client.get_caller_identity() if service == "sts" else client.describe_vpcs()
        assert time.monotonic() - start >= 0.7


def test_a_database_stays_in_creating_for_as_long_as_asked(
    local_cloud: LocalCloud, network: Network, name: str
) -> None:
    local_cloud.faults.add(ApiFault("rds", "CreateDBInstance", creating=2.5))
    client = clients.of(local_cloud, "rds")
    client.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="master",
        ManageMasterUserPassword=True,
        DBSubnetGroupName=network.group,
        DBName="app",
    )
    found = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    assert found["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in found
    assert clients.eventually(lambda: _equals(_database_status(client, name), "available"), AssertionError)
    assert clients.find_database(local_cloud, name).ask("select 1") == (1,)
    clients.delete_database(local_cloud, name)


def test_a_cache_stays_in_creating_for_as_long_as_asked(
    local_cloud: LocalCloud, make_cache: Callable[..., Cache], name: str
) -> None:
    local_cloud.faults.add(ApiFault("elasticache", "CreateReplicationGroup", creating=2.5))
    client = clients.of(local_cloud, "elasticache")
    make_cache(name)
    assert _cache_status(client, name) == "creating"
    assert clients.eventually(lambda: _equals(_cache_status(client, name), "available"), AssertionError)


def test_a_fault_until_cleared_goes_on(local_cloud: LocalCloud) -> None:
    local_cloud.faults.add(ApiFault("kms", "ListKeys", error="ThrottlingException", times=0))
    client = clients.of(local_cloud, "kms", 1)
    for _ in range(3):
        with pytest.raises(ClientError):
            client.list_keys()
    assert local_cloud.faults.clear() == ONCE
    client.list_keys()


@pytest.mark.parametrize(
    ("service", "operation", "hint"),
    [("rdz", "CreateDBInstance", "rds"), ("rds", "CreateDbInstance", "CreateDBInstance")],
)
def test_a_fault_that_could_never_happen_is_refused(
    local_cloud: LocalCloud, service: str, operation: str, hint: str
) -> None:
    with pytest.raises(BadInput, match=f"Did you mean {hint}"):
        local_cloud.faults.add(ApiFault(service, operation, error="X"))


def _database_status(client: Any, name: str) -> str:
    return client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]


def _cache_status(client: Any, name: str) -> str:
    return client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]["Status"]


def _equals(found: str, wanted: str) -> bool:
    assert found == wanted
    return True
