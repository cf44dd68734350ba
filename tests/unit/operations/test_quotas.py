from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations import preflight, quotas
from operations.lifecycle import shared
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.plan import plan
from operations.lifecycle.shared import Place
from operations.quotas import Standing
from stacks.errors import Refused
from stacks.inputs.environment import Target
from stacks.resources.quotas import ADDRESSES, BUCKETS, CACHE_NODES, DATABASE_STORAGE, DATABASES, QUOTAS, VPCS, Demand
from tests import fakes
from tests.fakes import World


def row(type: str, id: str = "some-id", **inputs: Any) -> dict[str, Any]:
    return {"type": type, "id": id, "inputs": inputs}


DATABASE = row("aws:rds/instance:Instance", allocatedStorage=200)


def test_what_a_stack_has_already_is_not_needed_again() -> None:
    demands = (Demand(DATABASES, 1), Demand(DATABASE_STORAGE, 300), Demand(BUCKETS, 2))
    assert quotas.needed(demands, [DATABASE]) == {DATABASE_STORAGE: 100, BUCKETS: 2}
    assert quotas.needed(demands, []) == {DATABASES: 1, DATABASE_STORAGE: 300, BUCKETS: 2}


def test_what_was_begun_and_has_no_id_is_still_needed() -> None:
    begun = row("aws:rds/instance:Instance", id="", allocatedStorage=200)
    assert quotas.needed((Demand(DATABASES, 1),), [begun]) == {DATABASES: 1}


def test_a_stack_that_shrinks_needs_nothing() -> None:
    cache = row("aws:elasticache/replicationGroup:ReplicationGroup", numCacheClusters=3)
    assert quotas.needed((Demand(CACHE_NODES, 1),), [cache]) == {}


@given(limit=st.integers(0, 50), used=st.integers(0, 50), more=st.integers(1, 50))
def test_a_quota_is_short_exactly_where_use_and_need_go_over_it(limit: int, used: int, more: int) -> None:
    short = quotas.shortfalls({VPCS: more}, {VPCS: Standing(limit, used)})
    assert bool(short) == (used + more > limit)
    assert all(quotas.shortfalls({VPCS: more}, {VPCS: Standing(each.ask_for, used)}) == () for each in short)


def test_a_tenant_that_the_account_does_not_hold_is_refused_with_the_numbers(world: World) -> None:
    path = str(world.write("acme", network={"dedicated": True}, cluster={"dedicated": True}))
    world.quotas.used[VPCS] = 5
    for command in (create, apply, plan):
        with pytest.raises(Refused) as told:
            command(world.bundle, path)
        assert told.value.why == "VPCs: 5 of 5 in use, 1 more needed."
    assert world.cloud.verbs() == []
    assert world.registry.find("local", "acme") is None
    world.quotas.used[VPCS] = 4
    assert create(world.bundle, path).record.subject == "acme"


def test_shared_services_are_held_to_the_quotas_too(tmp_path: Path) -> None:
    world = fakes.world(tmp_path)
    world.quotas.used[BUCKETS] = 9_997
    for command in (shared.apply, shared.plan):
        with pytest.raises(Refused) as told:
            command(world.bundle, Place())
        assert "S3 buckets: 9,997 of 10,000 in use, 5 more needed." in told.value.why


def test_a_change_that_needs_no_more_asks_nobody(world: World) -> None:
    demands = (Demand(DATABASES, 1), Demand(DATABASE_STORAGE, 200))
    world.quotas.asked.clear()
    preflight.check(world.bundle, "acme", "us-east-1", demands, [DATABASE])
    assert world.quotas.asked == []
    preflight.check(world.bundle, "acme", "us-east-1", (*demands, Demand(BUCKETS, 2)), [DATABASE])
    assert world.quotas.asked == [(BUCKETS,)]


def test_on_a_real_account_each_request_to_make_is_given_as_a_command(world: World) -> None:
    real = replace(world.bundle, environment=world.bundle.environment.model_copy(update={"target": Target.AWS}))
    world.quotas.used |= {ADDRESSES: 5, BUCKETS: 10_000}
    with pytest.raises(Refused) as told:
        preflight.check(real, "acme", "eu-central-1", (Demand(ADDRESSES, 3), Demand(BUCKETS, 2)), [])
    asked = told.value.next.splitlines()[1:]
    assert [line.partition("--service-code ")[2].strip("`") for line in asked] == [
        f"ec2 --quota-code {QUOTAS[ADDRESSES].code} --desired-value 8 --region eu-central-1",
        f"s3 --quota-code {QUOTAS[BUCKETS].code} --desired-value 10002 --region us-east-1",
    ]
