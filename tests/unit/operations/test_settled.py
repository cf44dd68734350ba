"""When a run leaves members alone, and when it looks at all of them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.runs import Op, Output
from operations import desired, settled
from operations.bundle import Bundle, Rights
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.plan import plan
from operations.registry.model import Record
from operations.reports import RunFailed
from stacks.resources.members.spec import MembersSpec
from tests.fakes import FakePrograms, World

ADA, BOB, EVE = {"id": "ada"}, {"id": "bob"}, {"id": "eve", "active": False}


def left(bundle: Bundle, file: Path) -> set[str]:
    """Ids of those who would be left alone."""
    wanted = desired.tenant(bundle, file)
    rest = settled.of(bundle, bundle.open(Rights()), wanted, refresh=False)
    members = wanted.blueprint.of(MembersSpec).members
    found = {each.id for each in members if each.code in rest.members.codes}
    assert {settled.owner(urn) for urn in rest.urns} == rest.members.codes
    assert rest.members.told.keys() == {each.id for each in members if each.id in found and each.active}
    return found


def record(world: World) -> Record:
    found = world.registry.find("local", "acme")
    assert found is not None
    return found


def made(world: World, *members: dict[str, Any]) -> Path:
    file = world.write("acme", members=list(members))
    create(world.bundle, str(file))
    return file


def test_after_a_good_run_all_are_left_alone(world: World) -> None:
    assert left(world.bundle, made(world, ADA, EVE)) == {"ada", "eve"}


def test_who_comes_is_made_and_nothing_else_is_touched(world: World) -> None:
    made(world, ADA, EVE)
    world.write("acme", members=[ADA, BOB, EVE])
    planned = plan(world.bundle, "acme")
    done = apply(world.bundle, "acme")
    for run in (planned.run, done.run):
        assert run is not None
        assert [(each.op, settled.owner(each.urn) != "") for each in run.pending if each.op is Op.CREATE] == [
            (Op.CREATE, True)
        ]
        assert run.summary()["delete"] == 0
    assert sorted(done.record.outputs["members"].value) == ["ada", "bob"]
    assert plan(world.bundle, "acme").run.pending == ()
    assert left(world.bundle, world.profiles / "acme.yaml") == {"ada", "bob", "eve"}


def test_who_goes_is_deleted(world: World) -> None:
    made(world, ADA, EVE)
    world.write("acme", members=[ADA])
    deleted = [each for each in plan(world.bundle, "acme").run.pending if each.op is Op.DELETE]
    assert len(deleted) == 1
    assert settled.owner(deleted[0].urn)


def test_without_members_nothing_is_marked(world: World) -> None:
    made(world)
    assert record(world).settled == ""


def _edit_state(world: World) -> Bundle:
    world.cloud.stacks[record(world).stack].rows.popitem()
    return world.bundle


def _move_cell(world: World) -> Bundle:
    stack = desired.tenant(world.bundle, world.profiles / "acme.yaml").blueprint.shared_stack
    world.cloud.stacks[stack].outputs["vpcId"] = Output("vpc-2")
    return world.bundle


def _other_programs(world: World) -> Bundle:
    return replace(world.bundle, programs=FakePrograms(version="2"))


def _other_tags(world: World) -> Bundle:
    world.write("acme", members=[ADA, BOB], cost_center="CC-2")
    return world.bundle


def _forget(world: World) -> Bundle:
    world.registry.save(replace(record(world), settled=""), None)
    return world.bundle


def _lose_what_was_told(world: World) -> Bundle:
    world.registry.save(replace(record(world), outputs={}), None)
    return world.bundle


@pytest.mark.parametrize(
    "happens", [_edit_state, _move_cell, _other_programs, _other_tags, _forget, _lose_what_was_told]
)
def test_all_are_looked_at_again_where_anything_they_stand_on_is_another(
    world: World, happens: Callable[[World], Bundle]
) -> None:
    file = made(world, ADA, BOB)
    assert left(happens(world), file) == set()


def test_what_only_the_cell_s_secrets_say_is_not_written_down(world: World) -> None:
    file = made(world, ADA)
    stack = desired.tenant(world.bundle, file).blueprint.shared_stack
    world.cloud.stacks[stack].outputs["token"] = Output("another", secret=True)
    assert left(world.bundle, file) == {"ada"}


def test_a_run_that_failed_is_followed_by_one_of_all(world: World) -> None:
    file = made(world, ADA)
    world.write("acme", members=[ADA, BOB])
    code = next(
        each for each in desired.tenant(world.bundle, file).blueprint.of(MembersSpec).members if each.id == "bob"
    ).code
    world.cloud.refusals[code] = "no room"
    world.write("acme", members=[ADA, BOB], namespace={"pods": 30})
    with pytest.raises(RunFailed):
        apply(world.bundle, "acme")
    assert left(world.bundle, file) == set()
    world.cloud.refusals.clear()
    apply(world.bundle, "acme")
    assert left(world.bundle, file) == {"ada", "bob"}
