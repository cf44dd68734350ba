from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from stacks.blueprint import limits, placement, resolve
from stacks.blueprint.limits import How, Limit
from stacks.blueprint.model import Blueprint, from_json
from stacks.inputs.environment import ApiStage, Environment
from stacks.resources.api_access.spec import ApiAccessSpec
from stacks.resources.quotas import USAGE_PLANS
from stacks.resources.secrets.spec import SecretsSpec
from tests.unit.stacks.given import KEY, asked, local, silo


def having(api: ApiStage | None = None) -> Environment:
    """The local environment, with an API in its regions."""
    known, there = local(), api or ApiStage(rest_api="a1b2c3d4e5", stage="live")
    return known.model_copy(update={"regions": [each.model_copy(update={"api": there}) for each in known.regions]})


def made(where: Environment, **keys: Any) -> Blueprint:
    wanted = asked(**keys)
    return resolve.tenant(wanted, silo(), where, placement.place(wanted, silo(), where, (), KEY, 1))


def calls(blueprint: Blueprint) -> Limit:
    return next(limit for limit in limits.of(blueprint) if limit.name == "api calls")


def test_a_tenant_has_a_plan_where_its_region_has_an_api_with_the_quota_of_its_size_or_profile() -> None:
    spec = made(having()).of(ApiAccessSpec)
    assert (spec.api, spec.stage, spec.calls_daily) == ("a1b2c3d4e5", "live", 10_000)
    assert made(having(), quotas={"api_calls_daily": 77}).of(ApiAccessSpec).calls_daily == 77


@pytest.mark.parametrize("where", [local(), having()], ids=["no-api", "no-calls"])
def test_without_an_api_or_without_calls_there_is_no_plan_no_key_and_no_secret(where: Environment) -> None:
    blueprint = made(where, quotas={"api_calls_daily": 0})
    assert not blueprint.of(ApiAccessSpec).open
    assert blueprint.of(SecretsSpec).api == ""
    assert USAGE_PLANS not in {demand.quota for demand in blueprint.demands()}


def test_calls_are_called_enforced_only_where_an_api_counts_them_and_never_as_a_hard_limit() -> None:
    counted, written = calls(made(having())), calls(made(local()))
    assert (counted.how, counted.value) == (How.BEST_EFFORT, 10_000)
    assert (written.how, "no API" in written.by) == (How.RECORDED, True)


def test_no_calls_at_all_is_enforced_by_there_being_no_key() -> None:
    none = calls(made(having(), quotas={"api_calls_daily": 0}))
    assert (none.how, "no key" in none.by) == (How.ENFORCED, True)


def test_a_blueprint_from_before_there_were_plans_is_read_and_its_calls_are_only_written_down() -> None:
    old = made(local()).to_json()
    del old["resources"]["api_access"]
    del old["resources"]["secrets"]["api"]
    assert calls(from_json(old)).how is How.RECORDED


@pytest.mark.parametrize(
    "given", [{"rest_api": "a1b2c3d4e5"}, {"stage": "live"}, {"rest_api": "https://x", "stage": "live"}]
)
def test_an_api_without_a_stage_or_by_its_address_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ApiStage.model_validate(given)
