"""What every store of leases keeps to, in memory or in a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.clock import Clock
from operations.leases.memory import MemoryLeases
from operations.leases.model import Liveness, Owner
from operations.leases.port import Leases
from operations.leases.sql import SqlLeases
from operations.leases.takeover import LeaseLost
from operations.registry import database
from stacks.errors import LeaseHeld

ANNA = Owner("anna", "laptop", "boot-1", "pid:[1]", 100, "5000")
BERT = Owner("bert", "runner", "boot-2", "pid:[1]", 200, "6000")


@dataclass
class World:
    """The time, and what is known of each owner."""

    time: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    known: dict[Owner, Liveness] = field(default_factory=dict[Owner, Liveness])

    def now(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def observe(self, owner: Owner) -> Liveness:
        return self.known.get(owner, Liveness.UNKNOWN)


def in_memory(_: Path, clock: Clock, observe: Callable[[Owner], Liveness]) -> Leases:
    return MemoryLeases(clock, observe)


def in_sqlite(folder: Path, clock: Clock, observe: Callable[[Owner], Liveness]) -> Leases:
    return SqlLeases(database.connect(folder / "registry.sqlite"), clock, observe)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=[in_memory, in_sqlite])
def leases(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Leases:
    return request.param(tmp_path, world, world.observe)


def test_a_free_lease_is_taken_and_seen(leases: Leases, world: World) -> None:
    lease = leases.acquire("local/acme", ANNA, 60)
    assert lease.until == world.time + timedelta(seconds=60)
    assert leases.current("local/acme") == lease


def test_who_comes_second_is_told_who_since_when_and_until_when(leases: Leases) -> None:
    leases.acquire("local/acme", ANNA, 60)
    with pytest.raises(LeaseHeld) as refused:
        leases.acquire("local/acme", BERT, 60)
    assert "anna@laptop (process 100)" in str(refused.value)
    assert "12:00:00 UTC" in str(refused.value)
    assert "12:01:00 UTC" in str(refused.value)
    assert refused.value.exit_code == 5


def test_even_the_same_process_does_not_hold_a_lease_twice(leases: Leases) -> None:
    leases.acquire("local/acme", ANNA, 60)
    with pytest.raises(LeaseHeld):
        leases.acquire("local/acme", ANNA, 60)


def test_another_name_is_free(leases: Leases) -> None:
    leases.acquire("local/acme", ANNA, 60)
    assert leases.acquire("local/acme-eu", BERT, 60).owner == BERT


def test_tokens_rise_also_over_a_release(leases: Leases) -> None:
    first = leases.acquire("local/acme", ANNA, 60)
    leases.release(first)
    assert leases.current("local/acme") is None
    second = leases.acquire("local/acme", BERT, 60)
    assert second.token > first.token


def test_out_of_time_a_lease_is_taken_over_and_the_old_holder_learns_it(leases: Leases, world: World) -> None:
    old = leases.acquire("local/acme", ANNA, 60)
    world.pass_by(60)
    new = leases.acquire("local/acme", BERT, 60)
    assert new.token > old.token
    with pytest.raises(LeaseLost):
        leases.renew(old, 60)
    leases.release(old)
    assert leases.current("local/acme") == new


def test_a_dead_owner_is_followed_at_once(leases: Leases, world: World) -> None:
    leases.acquire("local/acme", ANNA, 60)
    world.known[ANNA] = Liveness.DEAD
    assert leases.acquire("local/acme", BERT, 60).owner == BERT


@pytest.mark.parametrize("liveness", [Liveness.ALIVE, Liveness.UNKNOWN])
def test_who_may_be_alive_keeps_the_lease_until_its_time_is_out(
    leases: Leases, world: World, liveness: Liveness
) -> None:
    leases.acquire("local/acme", ANNA, 60)
    world.known[ANNA] = liveness
    world.pass_by(59)
    with pytest.raises(LeaseHeld):
        leases.acquire("local/acme", BERT, 60)


def test_a_renewed_lease_holds_on(leases: Leases, world: World) -> None:
    lease = leases.acquire("local/acme", ANNA, 60)
    world.pass_by(50)
    renewed = leases.renew(lease, 60)
    assert renewed == replace(lease, until=world.time + timedelta(seconds=60))
    world.pass_by(50)
    with pytest.raises(LeaseHeld):
        leases.acquire("local/acme", BERT, 60)


def test_a_late_renewal_is_granted_when_nobody_came(leases: Leases, world: World) -> None:
    lease = leases.acquire("local/acme", ANNA, 60)
    world.pass_by(600)
    assert leases.renew(lease, 60).token == lease.token


def test_a_released_lease_is_not_renewed(leases: Leases) -> None:
    lease = leases.acquire("local/acme", ANNA, 60)
    leases.release(lease)
    with pytest.raises(LeaseLost):
        leases.renew(lease, 60)
