"""What is used of quotas, counted in a cloud; what their limits are, as Service Quotas says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.providers.aws import quotas
from engine.providers.aws.faults import CloudRefused
from stacks.resources.quotas import ADDRESSES, BUCKETS, QUOTAS, ROLES, USAGE_PLANS, VPCS
from tests.contract.providers.aws.world import TRUST, World

MADE: dict[str, tuple[str, dict[str, Any]]] = {
    ADDRESSES: ("aws:ec2/eip:Eip", {"domain": "vpc"}),
    BUCKETS: ("aws:s3/bucket:Bucket", {}),
    ROLES: ("aws:iam/role:Role", {"assumeRolePolicy": TRUST}),
    USAGE_PLANS: ("aws:apigateway/usagePlan:UsagePlan", {}),
    VPCS: ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.77.0.0/16"}),
}


@pytest.mark.parametrize("key", sorted(MADE))
def test_one_more_is_one_more(world: World, key: str) -> None:
    type, inputs = MADE[key]
    before = quotas.used(world.access, world.region, key)
    name = world.unique("quota")
    world.make(type, name, tags=world.tags(name), **inputs)
    assert quotas.used(world.access, world.region, key) == before + 1


@pytest.mark.parametrize("key", sorted(QUOTAS))
def test_every_quota_can_be_counted(world: World, key: str) -> None:
    assert quotas.used(world.access, world.region, key) >= 0


class ServiceQuotas:
    """Answers GetServiceQuota as AWS does, or refuses."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, list[dict[str, str]]()

    def client(self, service: str, region: str, attempts: int = 3) -> ServiceQuotas:
        return self

    def get_service_quota(self, **asked: str) -> Any:
        self.asked.append(asked)
        if isinstance(self.answer, str):
            raise ClientError({"Error": {"Code": self.answer, "Message": "no"}}, "GetServiceQuota")
        return self.answer


def limit(cloud: Any) -> int | None:
    return quotas.limit(cloud, "us-east-1", "vpc", "L-F678F1CE")


def test_a_limit_is_the_accounts_own_and_none_where_it_is_not_known() -> None:
    cloud = ServiceQuotas({"Quota": {"Value": 12.0}})
    assert limit(cloud) == 12
    assert cloud.asked == [{"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}]
    assert limit(ServiceQuotas("NoSuchResourceException")) is None
    with pytest.raises(CloudRefused):
        limit(ServiceQuotas("AccessDeniedException"))
