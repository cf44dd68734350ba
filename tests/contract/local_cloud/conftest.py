"""One local cloud for all tests of this folder, and what they find in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.local_cloud_fixture import local_cloud

__all__ = ["local_cloud"]


@dataclass(frozen=True)
class Network:
    """A VPC with three subnets, and the groups made of them."""

    vpc: str
    subnets: tuple[str, ...]
    group: str


@pytest.fixture(scope="session")
def network(local_cloud: LocalCloud) -> Network:
    return make_network(local_cloud)


def make_network(local_cloud: LocalCloud) -> Network:
    ec2 = clients.of(local_cloud, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = tuple(
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("abc")
    )
    clients.of(local_cloud, "rds").create_db_subnet_group(
        DBSubnetGroupName="shared", DBSubnetGroupDescription="shared", SubnetIds=subnets
    )
    clients.of(local_cloud, "elasticache").create_cache_subnet_group(
        CacheSubnetGroupName="shared", CacheSubnetGroupDescription="shared", SubnetIds=list(subnets)
    )
    return Network(vpc, subnets, "shared")


@pytest.fixture
def name() -> str:
    """A name nobody else uses."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
def make_database(local_cloud: LocalCloud, network: Network) -> Iterator[Callable[..., clients.Database]]:
    made: list[str] = []

    def make(name: str, **more: Any) -> clients.Database:
        made.append(name)
        return clients.create_database(local_cloud, name, network.group, **more)

    yield make
    for one in made:
        clients.delete_database(local_cloud, one)


@pytest.fixture
def make_cache(local_cloud: LocalCloud, network: Network) -> Iterator[Callable[..., clients.Cache]]:
    made: list[str] = []

    def make(name: str, **more: Any) -> clients.Cache:
        made.append(name)
        return clients.create_cache(local_cloud, name, network.group, **more)

    yield make
    for one in made:
        clients.delete_cache(local_cloud, one)


@pytest.fixture
def database(make_database: Callable[..., clients.Database], name: str) -> clients.Database:
    return make_database(name)


@pytest.fixture
def cache(make_cache: Callable[..., clients.Cache], name: str) -> clients.Cache:
    return make_cache(name)


@pytest.fixture
def role_client(local_cloud: LocalCloud) -> Callable[..., Any]:
    """A client of a service as a fresh role that is allowed just these statements."""

    def make(service: str, *statements: dict[str, Any]) -> Any:
        return clients.as_role(local_cloud, service, statements)

    return make
