"""Users that join a group which is another stack's: at once, one after another, and out behind everybody's back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from engine.local_cloud import ApiFault, LocalCloud
from engine.providers.port import Call, Props
from tests.contract.providers.aws.world import World, resource

pytestmark = pytest.mark.xdist_group("aws-rows")

GROUP, MEMBER = "aws:elasticache/userGroup:UserGroup", "aws:elasticache/userGroupAssociation:UserGroupAssociation"


@pytest.fixture
def faults(local_cloud: LocalCloud) -> Iterator[LocalCloud]:
    yield local_cloud
    local_cloud.faults.clear()


@pytest.fixture
def group(world: World) -> str:
    name = world.unique("g")
    made = world.make(
        GROUP, name, userGroupId=name, engine="valkey", userIds=[world.user("default")], tags=world.tags(name)
    )
    return made.id


def _members(world: World, group: str) -> set[str]:
    found = world.client("elasticache").describe_user_groups(UserGroupId=group)["UserGroups"][0]
    return set(found["UserIds"])


def _join(world: World, inputs: Props) -> str:
    return world.provider.create(resource(MEMBER, "m"), inputs, Call(timeout=60)).id


def test_several_users_join_and_leave_one_group_at_once(world: World, group: str) -> None:
    wanted: list[Props] = [{"userGroupId": group, "userId": world.user()} for _ in range(4)]
    before = _members(world, group)
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(partial(_join, world), wanted))
    assert ids == [f"{group},{inputs['userId']}" for inputs in wanted]
    assert _members(world, group) == before | {str(inputs["userId"]) for inputs in wanted}
    with ThreadPoolExecutor(4) as pool:
        for inputs, id in zip(wanted, ids, strict=True):
            pool.submit(world.provider.delete, resource(MEMBER, "m"), id, inputs, inputs, Call(timeout=60))
    assert _members(world, group) == before


def test_a_group_that_is_being_modified_is_asked_again(world: World, group: str, faults: LocalCloud) -> None:
    inputs: Props = {"userGroupId": group, "userId": world.user()}
    busy = ApiFault("elasticache", "ModifyUserGroup", error="InvalidUserGroupState", times=2)
    faults.faults.add(busy)
    id = _join(world, inputs)
    assert inputs["userId"] in _members(world, group)
    assert faults.faults.list() == ()
    faults.faults.add(busy)
    world.provider.delete(resource(MEMBER, "m"), id, inputs, inputs, Call(timeout=60))
    assert inputs["userId"] not in _members(world, group)
    assert faults.faults.list() == ()


def test_who_was_taken_out_behind_its_back_reads_as_gone_and_joins_again(world: World, group: str) -> None:
    inputs: Props = {"userGroupId": group, "userId": world.user()}
    id = _join(world, inputs)
    world.client("elasticache").modify_user_group(UserGroupId=group, UserIdsToRemove=[inputs["userId"]])
    assert world.provider.read(resource(MEMBER, "m"), id, inputs, inputs) is None
    assert world.provider.find(resource(MEMBER, "m"), inputs) is None
    assert _join(world, inputs) == id
    assert world.provider.read(resource(MEMBER, "m"), id, inputs, inputs) is not None


def test_a_group_or_a_user_that_is_gone_takes_the_membership_with_it(world: World, group: str) -> None:
    inputs: Props = {"userGroupId": f"{group}-gone", "userId": world.user()}
    args = (resource(MEMBER, "m"), f"{group}-gone,{inputs['userId']}", inputs, inputs)
    assert world.provider.read(*args) is None
    world.provider.delete(*args, Call(timeout=60))
