"""Cases of API Gateway: usage plans, keys, and keys in plans."""

from __future__ import annotations

from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _stage(world: World, name: str) -> dict[str, str]:
    """A stage of a REST API that somebody else has made."""
    gateway = world.client("apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE", apiKeyRequired=True)
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="live")
    return {"apiId": api, "stage": "live"}


def _plan(world: World, name: str) -> Props:
    return {
        "name": name,
        "description": "requests of a tenant",
        "apiStages": [_stage(world, name)],
        "quotaSettings": {"limit": 1000, "period": "DAY"},
        "throttleSettings": {"burstLimit": 20, "rateLimit": 10},
        "tags": world.tags(name),
    }


def _patched(*steps: tuple[str, str, str]) -> Any:
    def patch(world: World, live: Live) -> None:
        told = [{"op": op, "path": path, "value": value} for op, path, value in steps]
        world.client("apigateway").update_usage_plan(usagePlanId=live.id, patchOperations=told)

    return patch


def _opened(world: World, live: Live) -> None:
    """Somebody lets the plan's keys into another API."""
    other = _stage(world, world.unique("other"))
    _patched(("add", "/apiStages", f"{other['apiId']}:{other['stage']}"))(world, live)


def _disabled(world: World, live: Live) -> None:
    step = {"op": "replace", "path": "/enabled", "value": "false"}
    world.client("apigateway").update_api_key(apiKey=live.id, patchOperations=[step])


def _member(world: World, name: str) -> Props:
    plan = world.make("aws:apigateway/usagePlan:UsagePlan", name, name=name, tags=world.tags(name))
    key = world.make("aws:apigateway/apiKey:ApiKey", name, name=name, tags=world.tags(name))
    return {"keyId": key.id, "keyType": "API_KEY", "usagePlanId": plan.id}


CASES = (
    Case(
        "aws:apigateway/usagePlan:UsagePlan",
        _plan,
        update=lambda world, inputs: {
            "name": f"{inputs['name']}-2",
            "description": "fewer requests",
            "apiStages": [_stage(world, world.unique("next"))],
            "productCode": "code",
            "quotaSettings": {"limit": 5, "offset": 1, "period": "WEEK"},
            "throttleSettings": None,
        },
        replace=None,
        drift={
            "quotaSettings": _patched(("replace", "/quota/limit", "1000000")),
            "apiStages": _opened,
        },
        refused={"nonsense": 1},
    ),
    Case(
        "aws:apigateway/apiKey:ApiKey",
        lambda world, name: {"name": name, "description": "a tenant's key", "tags": world.tags(name)},
        update=lambda world, inputs: {
            "name": f"{inputs['name']}-2",
            "description": "closed",
            "enabled": False,
            "customerId": "acme",
        },
        replace=lambda world, _: {"value": "a-value-that-somebody-chose"},
        drift={"enabled": _disabled},
        refused={"value": "short"},
    ),
    Case(
        "aws:apigateway/usagePlanKey:UsagePlanKey",
        _member,
        update=None,
        replace=lambda world, _: {"usagePlanId": "another"},
        drift={},
        refused={"keyType": "TOKEN"},
    ),
)
