"""A tenant's access to the application's API: counted by a plan of its own, its key nowhere in clear."""

from __future__ import annotations

import json

import pytest

from stacks.blueprint import phase
from stacks.programs import tenant
from stacks.resources.api_access.spec import ApiAccessSpec
from tests.component import test_quotas
from tests.component.declared import API_KEY, Outcome, Secret, run
from tests.unit.stacks.given import local
from tests.unit.stacks.resources.test_api_access import having, made

PLAN = "aws:apigateway/usagePlan:UsagePlan"
KEY = "aws:apigateway/apiKey:ApiKey"
MEMBER = "aws:apigateway/usagePlanKey:UsagePlanKey"


@pytest.fixture(scope="module")
def live() -> Outcome:
    return run(tenant.program(made(having()), phase.LIVE))


def test_the_plan_counts_by_the_day_and_opens_one_stage_and_has_one_key(live: Outcome) -> None:
    plan, member = live.one(PLAN), live.one(MEMBER)
    assert plan.inputs["quotaSettings"] == {"limit": 10_000, "period": "DAY"}
    assert plan.inputs["apiStages"] == [{"apiId": "a1b2c3d4e5", "stage": "live"}]
    assert "throttleSettings" not in plan.inputs
    assert (member.inputs["usagePlanId"], member.inputs["keyId"]) == ("api-id", "api-id")
    assert plan.inputs["name"] == live.one(KEY).inputs["name"] == made(having()).of(ApiAccessSpec).name


def test_the_stack_tells_which_key_and_which_plan_are_the_tenant_s(live: Outcome) -> None:
    assert (live.outputs["apiKeyId"], live.outputs["usagePlanId"]) == ("api-id", "api-id")


def test_the_key_goes_into_a_secret_of_the_tenant_and_nowhere_else(live: Outcome) -> None:
    version = live.one("aws:secretsmanager/secretVersion:SecretVersion", "api-key").inputs["secretString"]
    assert isinstance(version, Secret)
    told = json.loads(version.value)
    assert (told["api"], told["stage"], told["header"]) == ("a1b2c3d4e5", "live", "x-api-key")
    assert live.outputs["apiKeySecretArn"].endswith("api-key")
    assert told["key"] == API_KEY
    assert API_KEY not in json.dumps({name: str(value) for name, value in live.outputs.items()})


def test_the_tenant_s_workloads_read_it(live: Outcome) -> None:
    policy = json.loads(live.one("aws:iam/rolePolicy:RolePolicy", "workload").inputs["policy"])
    reading = [each for each in policy["Statement"] if "secretsmanager:GetSecretValue" in each["Action"]]
    assert any(live.outputs["apiKeySecretArn"] in each["Resource"] for each in reading)


def test_archived_it_calls_nothing() -> None:
    assert run(tenant.program(made(having()), phase.ARCHIVED)).of(KEY) == []


def test_without_an_api_there_is_nothing_of_it() -> None:
    without = run(tenant.program(made(local()), phase.LIVE))
    assert [each for each in without.resources if each.type in (PLAN, KEY, MEMBER)] == []
    assert not {"apiKeySecretArn", "apiKeyId", "usagePlanId"} & set(without.outputs)


def test_the_plan_is_asked_for_of_the_account_s_quota(live: Outcome) -> None:
    test_quotas.check(live, made(having()))
