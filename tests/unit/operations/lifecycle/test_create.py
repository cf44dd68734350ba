"""Creating: once, again, after a failure, beside others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.lifecycle import shared
from operations.lifecycle.create import create
from operations.lifecycle.destroy import destroy
from operations.registry.model import Record, Status
from operations.reports import RunFailed
from stacks.errors import BadInput, CloudUnreachable, Interrupted, LeaseHeld, Refused
from tests.fakes import Owner, World

BERT = Owner("bert", "runner", "boot-2", "pid:[1]", 200, "6000")


def record(world: World, tenant: str = "acme") -> Record:
    found = world.registry.find("local", tenant)
    assert found is not None
    return found


def test_a_created_tenant_is_active_and_its_stack_holds_all_of_it(world: World) -> None:
    report = create(world.bundle, str(world.write("acme")))
    assert report.record.status is Status.ACTIVE
    assert report.changed
    assert "database" in world.cloud.names(report.record.stack)
    assert record(world).outputs["databasePort"].value == 5432
    assert record(world).facts["slug"] == report.record.slug


def test_the_profile_is_found_by_the_tenants_id(world: World) -> None:
    world.write("acme", "some-file.yaml")
    assert create(world.bundle, "acme").record.subject == "acme"


def test_a_second_create_asks_nobody_and_changes_nothing(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    before, ran = record(world), list(world.cloud.log)
    report = create(world.bundle, "acme")
    assert not report.changed
    assert record(world) == before
    assert world.cloud.log == ran


def test_what_is_there_and_differs_is_not_created_but_pointed_to_apply(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    before, ran = record(world), list(world.cloud.log)
    world.write("acme", database={"storage_gb": 300})
    with pytest.raises(BadInput, match="tenant apply acme") as refused:
        create(world.bundle, "acme")
    assert "200 -> 300" in refused.value.why
    assert (record(world), world.cloud.log) == (before, ran)


def test_two_profiles_of_one_id_are_refused_before_anything_is_touched(world: World) -> None:
    file = world.write("acme")
    world.write("acme", "copy.yaml")
    with pytest.raises(BadInput):
        create(world.bundle, str(file))
    assert world.registry.tenants("local") == ()
    assert world.cloud.log == []


def test_two_tenants_never_share_addresses_or_slug(world: World) -> None:
    one = create(world.bundle, str(world.write("acme"))).record
    other = create(world.bundle, str(world.write("acme-eu"))).record
    assert one.slug != other.slug
    assert not set(one.cidrs) & set(other.cidrs)


def test_without_shared_services_nothing_is_made_and_their_command_is_named(bare: World) -> None:
    with pytest.raises(Refused, match="tenant shared apply"):
        create(bare.bundle, str(bare.write("acme")))
    assert bare.registry.tenants("local") == ()


def test_a_cloud_that_does_not_run_is_said_and_nothing_is_claimed(world: World) -> None:
    world.cloud.running = False
    with pytest.raises(CloudUnreachable, match="tenant local start"):
        create(world.bundle, str(world.write("acme")))
    assert world.registry.tenants("local") == ()
    assert world.leases.current("local/acme") is None


def test_a_failed_create_says_what_failed_and_the_rest_is_done(world: World) -> None:
    world.cloud.refusals["database"] = "InsufficientDBInstanceCapacity"
    with pytest.raises(RunFailed, match="InsufficientDBInstanceCapacity") as failed:
        create(world.bundle, str(world.write("acme")))
    assert failed.value.exit_code == 4
    assert "tenant create" in failed.value.next
    assert "database (aws:rds/instance:Instance)" in failed.value.why
    kept = record(world)
    assert kept.status is Status.FAILED
    assert "InsufficientDBInstanceCapacity" in kept.failure
    assert "cache" in world.cloud.names(kept.stack)
    assert world.registry.runs("local", "acme")[0].outcome == "failed"


def test_the_same_create_goes_on_after_a_failure_in_the_same_place(world: World) -> None:
    world.cloud.refusals["database"] = "InsufficientDBInstanceCapacity"
    file = str(world.write("acme"))
    with pytest.raises(RunFailed):
        create(world.bundle, file)
    failed = record(world)
    world.cloud.refusals.clear()
    done = create(world.bundle, file)
    assert done.record.status is Status.ACTIVE
    assert (done.record.facts, done.record.incarnation) == (failed.facts, failed.incarnation)
    assert done.run is not None
    assert [change.name for change in done.run.pending] == ["database"]
    assert done.record.failure == ""


def test_a_run_whose_process_died_is_gone_on_with(world: World) -> None:
    file = str(world.write("acme"))
    create(world.bundle, file)
    placed = record(world)
    world.registry.save(replace(placed, status=Status.PROVISIONING, active_since=None))
    world.leases.acquire("local/acme", BERT, 10_000)
    with pytest.raises(LeaseHeld):
        create(world.bundle, file)
    world.dead.add(BERT)
    assert create(world.bundle, file).record.status is Status.ACTIVE
    assert record(world).facts == placed.facts


def test_a_held_lease_is_respected_and_says_whose_it_is(world: World) -> None:
    world.leases.acquire("local/acme", BERT, 600)
    with pytest.raises(LeaseHeld, match="bert@runner"):
        create(world.bundle, str(world.write("acme")))
    assert world.registry.tenants("local") == ()


def test_the_lease_is_free_again_after_success_and_after_failure(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    assert world.leases.current("local/acme") is None
    world.cloud.refusals["database"] = "no"
    with pytest.raises(RunFailed):
        create(world.bundle, str(world.write("globex")))
    assert world.leases.current("local/globex") is None


def test_a_lost_lease_stops_the_run_and_what_the_successor_wrote_stands(world: World) -> None:
    def taken_over(verb: str, stack: str) -> None:
        held = world.leases.current("local/acme")
        assert held is not None
        world.dead.add(held.owner)
        world.leases.acquire("local/acme", BERT, 600)

    world.cloud.before = taken_over
    with pytest.raises(LeaseHeld, match="lost its lease"):
        create(world.bundle, str(world.write("acme")))
    assert record(world).status is Status.PROVISIONING
    assert world.registry.runs("local", "acme")[0].outcome == "lost"
    still = world.leases.current("local/acme")
    assert still is not None
    assert still.owner == BERT


def test_ctrl_c_ends_as_interrupted_and_the_same_command_completes(world: World) -> None:
    world.cloud.interrupted = True
    file = str(world.write("acme"))
    with pytest.raises(Interrupted) as stopped:
        create(world.bundle, file)
    assert stopped.value.exit_code == 130
    assert record(world).failure == "interrupted"
    assert world.registry.runs("local", "acme")[0].outcome == "interrupted"
    world.cloud.interrupted = False
    assert create(world.bundle, file).record.status is Status.ACTIVE


def test_a_fault_of_the_tool_itself_is_recorded_too(world: World) -> None:
    def broken(verb: str, stack: str) -> None:
        raise ZeroDivisionError("a defect")

    world.cloud.before = broken
    with pytest.raises(ZeroDivisionError):
        create(world.bundle, str(world.write("acme")))
    assert record(world).status is Status.FAILED
    assert record(world).failure == "a defect"


def test_a_destroyed_id_is_created_anew_with_another_slug(world: World) -> None:
    first = create(world.bundle, str(world.write("acme"))).record
    destroy(world.bundle, "acme", purge=False)
    second = create(world.bundle, "acme").record
    assert (first.incarnation, second.incarnation) == (1, 2)
    assert first.slug != second.slug
    assert world.cloud.names(first.stack) == ["encryption", "object_store"]


def test_a_half_destroyed_tenant_is_not_created(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.cloud.refusals["cache"] = "no"
    with pytest.raises(RunFailed):
        destroy(world.bundle, "acme", purge=False)
    with pytest.raises(Refused, match="tenant destroy acme"):
        create(world.bundle, "acme")


def test_a_tenant_whose_cell_is_being_destroyed_is_not_made(world: World) -> None:
    world.cloud.refusals["network"] = "no"
    with pytest.raises(RunFailed):
        shared.destroy(world.bundle, shared.Place(), purge=False)
    with pytest.raises(Refused):
        create(world.bundle, str(world.write("acme")))
