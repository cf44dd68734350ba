"""Leases among real processes: one is killed, one is alive, a pid is reused."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from operations.clock import SystemClock
from operations.leases import holder, process
from operations.leases.memory import MemoryLeases
from operations.leases.model import Liveness, Owner
from operations.leases.sql import SqlLeases
from operations.leases.takeover import LeaseLost
from operations.registry import database
from stacks.errors import LeaseHeld

HOLD = """
import sys, pathlib
from operations.clock import SystemClock
from operations.leases import process
from operations.leases.sql import SqlLeases
from operations.registry import database
leases = SqlLeases(database.connect(pathlib.Path(sys.argv[1])), SystemClock(), process.liveness)
leases.acquire("local/acme", process.this(), 600)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite"


@pytest.fixture
def other(file: Path) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def _leases(file: Path) -> SqlLeases:
    return SqlLeases(database.connect(file), SystemClock(), process.liveness)


def test_a_living_process_keeps_its_lease(file: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(LeaseHeld, match=f"process {other.pid}"):
        _leases(file).acquire("local/acme", process.this(), 60)


def test_a_killed_process_is_followed_at_once(file: Path, other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()
    assert _leases(file).acquire("local/acme", process.this(), 60).token == 2


def test_a_reused_pid_is_not_taken_for_the_owner() -> None:
    assert process.liveness(replace(process.this(), started="1")) is Liveness.DEAD


def test_this_process_knows_itself_alive() -> None:
    assert process.liveness(process.this()) is Liveness.ALIVE


def test_the_heartbeat_renews_while_the_work_goes_on() -> None:
    clock = SystemClock()
    leases = MemoryLeases(clock, lambda _: Liveness.UNKNOWN)
    renewed = threading.Event()

    class Watched:
        def __getattr__(self, name: str) -> object:
            if name == "renew":
                renewed.set()
            return getattr(leases, name)

    watched: MemoryLeases = Watched()  # pyright: ignore[reportAssignmentType] -- forwards everything to one
    with holder.hold(watched, "local/acme", process.this(), holder.Timing(60, 0.01), clock) as held:
        assert renewed.wait(10)
        held.fence()
    assert leases.current("local/acme") is None


def test_a_holder_who_slept_through_a_takeover_is_fenced_off() -> None:
    clock = SystemClock()
    leases = MemoryLeases(clock, lambda _: Liveness.UNKNOWN)
    taker = Owner("bert", "runner", "", "", 1, "")
    with holder.hold(leases, "local/acme", process.this(), holder.Timing(0, 3600), clock) as held:
        leases.acquire("local/acme", taker, 60)
        with pytest.raises(LeaseLost):
            held.fence()
    still = leases.current("local/acme")
    assert still is not None
    assert still.owner == taker


def test_a_holder_out_of_time_renews_when_nobody_came() -> None:
    clock = SystemClock()
    leases = MemoryLeases(clock, lambda _: Liveness.UNKNOWN)
    with holder.hold(leases, "local/acme", process.this(), holder.Timing(0, 3600), clock) as held:
        held.fence()
