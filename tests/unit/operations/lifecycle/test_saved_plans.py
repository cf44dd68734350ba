"""A saved plan is applied as it was approved, once, on the state that it was made against; or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.lifecycle import plan_applying, plan_saving
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.destroy import destroy
from operations.lifecycle.plan import plan
from operations.registry.model import Status
from operations.registry.port import FactsTaken
from operations.reports import Applied, RunFailed
from stacks.errors import LeaseHeld, Refused
from stacks.resources.quotas import QUOTAS
from tests.fakes import Owner, World


def save(world: World, tenant: str = "acme", *, refresh: bool = False) -> Path:
    file = world.profiles.parent / f"{tenant}.plan"
    plan_saving.save(world.bundle, plan(world.bundle, tenant, refresh=refresh), file, timedelta(hours=24))
    return file


def carry_out(world: World, file: Path) -> Applied:
    return plan_applying.apply(world.bundle, plan_applying.read(world.bundle, file), file)


@pytest.fixture
def larger(world: World) -> Path:
    """A plan that makes acme's disk larger, not applied yet."""
    create(world.bundle, str(world.write("acme")))
    world.write("acme", database={"storage_gb": 300})
    return save(world)


def storage(world: World) -> int:
    (stack,) = (name for name in world.cloud.stacks if "shared" not in name)
    rows = world.cloud.stacks[stack].rows.values()
    return next(row["inputs"]["storage_gb"] for row in rows if row["type"] == "aws:rds/instance:Instance")


def test_what_was_saved_is_applied_whatever_the_profile_says_by_now(world: World, larger: Path) -> None:
    world.write("acme", database={"storage_gb": 500}, owner="somebody.else@example.com")
    done = carry_out(world, larger)
    assert done.record.status is Status.ACTIVE
    assert storage(world) == 300


def test_it_needs_no_profile_at_all(world: World, larger: Path) -> None:
    (world.profiles / "acme.yaml").unlink()
    assert carry_out(world, larger).changed


def test_a_new_tenant_is_made_with_the_facts_of_its_plan(world: World) -> None:
    world.write("acme")
    facts = plan(world.bundle, "acme").facts
    record = carry_out(world, save(world)).record
    assert dict(record.facts) == facts
    assert plan(world.bundle, "acme").run.pending == ()


def test_facts_that_someone_took_meanwhile_are_refused_and_nothing_is_sent(world: World) -> None:
    world.write("acme")
    file = save(world)
    create(world.bundle, str(world.write("globex")))
    world.cloud.log.clear()
    with pytest.raises(FactsTaken, match="overlaps"):
        carry_out(world, file)
    assert world.cloud.log == []


def test_applied_again_it_says_so_and_does_nothing(world: World, larger: Path) -> None:
    carry_out(world, larger)
    world.cloud.log.clear()
    again = carry_out(world, larger)
    assert again.run is None
    assert again.record.status is Status.ACTIVE
    assert world.cloud.log == []


def test_a_state_that_moved_is_refused(world: World, larger: Path) -> None:
    apply(world.bundle, "acme")
    with pytest.raises(Refused, match="another run"):
        carry_out(world, larger)


def test_a_state_that_was_written_past_the_tool_is_refused(world: World, larger: Path) -> None:
    stack = next(name for name in world.cloud.stacks if "shared" not in name)
    next(iter(world.cloud.stacks[stack].rows.values()))["inputs"]["by_hand"] = True
    with pytest.raises(Refused, match="past this tool"):
        carry_out(world, larger)


def test_a_change_that_can_no_longer_be_made_is_a_moved_base_and_no_bad_input(world: World, larger: Path) -> None:
    world.write("acme", database={"storage_gb": 500})
    apply(world.bundle, "acme")
    with pytest.raises(Refused, match="moved"):
        carry_out(world, larger)


def test_a_destroyed_tenant_is_not_made_again(world: World, larger: Path) -> None:
    destroy(world.bundle, "acme", purge=False)
    with pytest.raises(Refused):
        carry_out(world, larger)
    create(world.bundle, "acme")
    with pytest.raises(Refused):
        carry_out(world, larger)


def test_a_tenant_that_is_being_destroyed_is_left_alone(world: World, larger: Path) -> None:
    world.cloud.refusals["network"] = "not today"
    with pytest.raises(RunFailed):
        destroy(world.bundle, "acme", purge=False)
    with pytest.raises(Refused):
        carry_out(world, larger)


def test_another_home_refuses_it(world: World, larger: Path) -> None:
    elsewhere = replace(world.bundle, signing=b"o" * 32)
    with pytest.raises(Refused, match="another home"):
        plan_applying.read(elsewhere, larger)


def test_after_a_failure_the_same_command_goes_on(world: World, larger: Path) -> None:
    world.cloud.refusals["database"] = "StorageQuotaExceeded"
    with pytest.raises(RunFailed, match=f"tenant apply --plan {larger}"):
        carry_out(world, larger)
    with pytest.raises(RunFailed):
        carry_out(world, larger)
    world.cloud.refusals.clear()
    assert carry_out(world, larger).record.status is Status.ACTIVE
    assert carry_out(world, larger).run is None
    assert [run.plan for run in world.registry.runs("local", "acme")][:3] == [
        plan_applying.read(world.bundle, larger).id
    ] * 3


def test_after_a_failure_the_profile_may_go_on_too_and_ends_the_plan(world: World, larger: Path) -> None:
    world.cloud.refusals["database"] = "StorageQuotaExceeded"
    with pytest.raises(RunFailed):
        carry_out(world, larger)
    world.cloud.refusals.clear()
    apply(world.bundle, "acme")
    with pytest.raises(Refused, match="another run"):
        carry_out(world, larger)


def test_a_failed_new_tenant_goes_on_in_its_place(world: World) -> None:
    world.write("acme")
    file = save(world)
    world.cloud.refusals["database"] = "not today"
    with pytest.raises(RunFailed):
        carry_out(world, file)
    world.cloud.refusals.clear()
    assert carry_out(world, file).record.status is Status.ACTIVE


@dataclass
class Late:
    """Leases that are had only after somebody else has written to the stack."""

    world: World
    stack: str

    def acquire(self, name: str, owner: Owner, seconds: float) -> Any:
        held = self.world.leases.acquire(name, owner, seconds)
        self.world.cloud.stacks[self.stack].serial += 1
        return held

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world.leases, name)


def test_it_is_judged_again_under_the_lease(world: World, larger: Path) -> None:
    saved = plan_applying.read(world.bundle, larger)
    bundle = replace(world.bundle, leases=Late(world, saved.planned.stack))
    world.cloud.log.clear()
    with pytest.raises(Refused, match="version 1 of the state; it is version 2"):
        plan_applying.apply(bundle, saved, larger)
    assert world.cloud.log == []


def test_it_waits_for_nobody_who_holds_the_lease(world: World, larger: Path) -> None:
    saved = plan_applying.read(world.bundle, larger)
    world.leases.acquire("local/acme", Owner("bert", "runner", "", "", 1, ""), 600)
    with pytest.raises(LeaseHeld):
        plan_applying.apply(world.bundle, saved, larger)


def test_a_plan_that_looked_at_the_cloud_is_applied_so(world: World) -> None:
    create(world.bundle, str(world.write("acme")))
    world.cloud.drifted.add("cache")
    file = save(world, refresh=True)
    assert plan_applying.read(world.bundle, file).planned.run.pending
    carry_out(world, file)
    assert world.cloud.drifted == set()


def test_another_version_of_the_tool_that_reads_it_otherwise_refuses(world: World, larger: Path) -> None:
    saved = plan_applying.read(world.bundle, larger)
    planned = replace(saved.planned, blueprint={**saved.planned.blueprint, "size": "gigantic"})
    with pytest.raises(Refused, match="another version of the tool"):
        plan_applying.apply(world.bundle, replace(saved, planned=planned), larger)


def test_no_secret_stands_in_the_file(world: World, larger: Path) -> None:
    text = larger.read_text()
    assert "hunter2" not in text
    assert world.bundle.key.hex() not in text
    assert world.bundle.signing.hex() not in text
    assert "outputs" not in json.loads(text)["plan"]


def test_an_account_that_has_become_full_meanwhile_is_refused_and_nothing_is_sent(world: World) -> None:
    world.write("acme")
    file = save(world)
    world.quotas.used |= dict.fromkeys(QUOTAS, 10**9)
    world.cloud.log.clear()
    with pytest.raises(Refused):
        carry_out(world, file)
    assert world.cloud.log == []
    assert world.registry.find("local", "acme") is None
