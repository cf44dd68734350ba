"""Changing a tenant: what is planned is what is done, and what cannot be done is refused first."""

from __future__ import annotations

import pytest

from engine.runs import Op
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.plan import plan
from operations.registry.model import RunKind, Status
from operations.reports import RunFailed
from stacks.errors import BadInput, Refused
from tests.fakes import Owner, World


def test_a_plan_of_nothing_new_says_so(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    report = plan(world.bundle, "acme")
    assert report.run.pending == ()
    assert report.base_serial == 1
    assert not report.new


def test_a_plan_shows_just_the_edit(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    report = plan(world.bundle, "acme")
    assert [(change.name, change.op) for change in report.run.pending] == [("database", Op.UPDATE)]
    assert {(p.before, p.after) for p in report.run.pending[0].paths} == {(200, 300)}


def test_a_plan_of_a_new_tenant_proposes_facts_and_claims_none(world: World) -> None:
    world.write("acme")
    report = plan(world.bundle, "acme")
    assert report.new
    assert report.facts["cidrs"]
    assert world.registry.tenants("local") == ()
    assert plan(world.bundle, "acme").facts == report.facts


def test_a_plan_waits_for_nobody(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.leases.acquire("local/acme", Owner("bert", "runner", "", "", 1, ""), 600)
    assert plan(world.bundle, "acme").run.pending == ()


def test_apply_makes_the_change_and_the_next_plan_is_empty(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    report = apply(world.bundle, "acme")
    assert report.record.status is Status.ACTIVE
    assert plan(world.bundle, "acme").run.pending == ()
    assert world.registry.runs("local", "acme")[0].kind is RunKind.APPLY


def test_apply_makes_a_tenant_that_is_not_there(world: World) -> None:
    world.write("acme")
    assert apply(world.bundle, "acme").record.status is Status.ACTIVE


@pytest.mark.parametrize("act", [plan, apply])
def test_a_shrunk_disk_is_refused_before_anything_is_sent(world: World, act: object) -> None:
    create(world.bundle, str(world.write("acme", database={"storage_gb": 400})))
    world.cloud.log.clear()
    world.write("acme", database={"storage_gb": 200})
    with pytest.raises(BadInput) as refused:
        act(world.bundle, "acme")  # type: ignore[operator]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
    assert refused.value.exit_code == 2
    (fault,) = refused.value.faults
    assert fault.where is not None
    assert world.cloud.log == []


def test_a_plan_whose_state_has_moved_is_not_applied(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    base = plan(world.bundle, "acme")
    apply(world.bundle, "acme")
    with pytest.raises(Refused, match="version 1 of the state"):
        apply(world.bundle, "acme", base)


def test_a_plan_whose_profile_was_edited_is_not_applied(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    base = plan(world.bundle, "acme")
    world.write("acme", database={"storage_gb": 300})
    with pytest.raises(Refused):
        apply(world.bundle, "acme", base)
    assert plan(world.bundle, "acme").run.pending != ()


def test_a_failed_change_is_recorded_and_the_same_apply_goes_on(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    world.cloud.refusals["database"] = "StorageQuotaExceeded"
    with pytest.raises(RunFailed, match="tenant apply acme"):
        apply(world.bundle, "acme")
    failed = world.registry.find("local", "acme")
    assert failed is not None
    assert failed.status is Status.FAILED
    world.cloud.refusals.clear()
    assert apply(world.bundle, "acme").record.status is Status.ACTIVE


def test_outputs_of_before_stay_known_after_a_failed_change(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    world.cloud.refusals["database"] = "StorageQuotaExceeded"
    with pytest.raises(RunFailed):
        apply(world.bundle, "acme")
    failed = world.registry.find("local", "acme")
    assert failed is not None
    assert failed.outputs["databasePort"].value == 5432


def test_a_larger_disk_that_was_never_made_can_be_taken_back(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 400})
    world.cloud.refusals["database"] = "not today"
    with pytest.raises(RunFailed):
        apply(world.bundle, "acme")
    world.cloud.refusals.clear()
    world.write("acme")
    assert apply(world.bundle, "acme").record.status is Status.ACTIVE


def test_a_failed_change_is_not_yet_in_the_cost_of_before(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    before = plan(world.bundle, "acme").cost.before
    world.write("acme", database={"storage_gb": 400})
    world.cloud.refusals["database"] = "not today"
    with pytest.raises(RunFailed):
        apply(world.bundle, "acme")
    assert plan(world.bundle, "acme").cost.before == before
