"""Usage plans: which key is in which, and that a stage counts it once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients


@pytest.fixture
def gateway(local_cloud: LocalCloud) -> Any:
    return clients.of(local_cloud, "apigateway")


@pytest.fixture
def stage(gateway: Any, name: str) -> dict[str, str]:
    return new_stage(gateway, name)


def new_stage(gateway: Any, name: str) -> dict[str, str]:
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="live")
    return {"apiId": api, "stage": "live"}


def new_plan(gateway: Any, *stages: dict[str, str]) -> str:
    return str(gateway.create_usage_plan(name="plan", apiStages=list(stages))["id"])


def new_key(gateway: Any, *plans: str) -> str:
    key = str(gateway.create_api_key(name="key", enabled=True)["id"])
    for plan in plans:
        join(gateway, key, plan)
    return key


def join(gateway: Any, key: str, plan: str) -> None:
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")


def plans_of(gateway: Any, key: str) -> set[str]:
    return {each["id"] for each in gateway.get_usage_plans(keyId=key)["items"]}


def test_plans_are_listed_by_the_key_that_is_in_them(gateway: Any, stage: dict[str, str], name: str) -> None:
    one, other, elsewhere = new_plan(gateway, stage), new_plan(gateway, stage), new_plan(gateway)
    key = new_key(gateway, one, elsewhere)
    assert plans_of(gateway, key) == {one, elsewhere}
    assert plans_of(gateway, new_key(gateway)) == set()
    assert other in {each["id"] for each in gateway.get_usage_plans(limit=500)["items"]}


def test_a_key_is_in_one_plan_of_a_stage_only(gateway: Any, stage: dict[str, str], name: str) -> None:
    one, other = new_plan(gateway, stage), new_plan(gateway, stage)
    key = new_key(gateway, one)
    with pytest.raises(ClientError, match="ConflictException"):
        join(gateway, key, other)
    gateway.delete_usage_plan_key(usagePlanId=one, keyId=key)
    join(gateway, key, other)
    assert plans_of(gateway, key) == {other}


def test_a_plan_gets_no_stage_that_one_of_its_keys_is_counted_in(
    gateway: Any, stage: dict[str, str], name: str
) -> None:
    one, other = new_plan(gateway, stage), new_plan(gateway, new_stage(gateway, f"{name}-2"))
    key = new_key(gateway, one, other)
    step = {"op": "add", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
    with pytest.raises(ClientError, match="ConflictException"):
        gateway.update_usage_plan(usagePlanId=other, patchOperations=[step])
    gateway.delete_usage_plan_key(usagePlanId=one, keyId=key)
    gateway.update_usage_plan(usagePlanId=other, patchOperations=[step])
    assert stage in gateway.get_usage_plan(usagePlanId=other)["apiStages"]
