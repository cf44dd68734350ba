"""The rules of taking over a lease, as a table and as properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.leases import takeover
from operations.leases.model import Lease, Liveness, Owner
from stacks.errors import LeaseHeld

ME = Owner("anna", "laptop", "boot-1", "pid:[1]", 100, "5000")
SEEN = replace(ME, pid=200, started="6000")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    id: str
    seen: Owner
    start_of_pid: str | None
    expected: Liveness


CASES = [
    Case("same start", SEEN, "6000", Liveness.ALIVE),
    Case("pid gone", SEEN, None, Liveness.DEAD),
    Case("pid reused", SEEN, "7000", Liveness.DEAD),
    Case("start never known", replace(SEEN, started=""), "6000", Liveness.UNKNOWN),
    Case("another host", replace(SEEN, host="runner"), None, Liveness.UNKNOWN),
    Case("another boot, perhaps a host of the same name", replace(SEEN, boot="boot-2"), None, Liveness.UNKNOWN),
    Case("another container", replace(SEEN, space="pid:[2]"), None, Liveness.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_death_is_believed_only_where_it_can_be_proved(case: Case) -> None:
    assert takeover.observe(case.seen, ME, case.start_of_pid) is case.expected


def test_without_a_boot_id_nothing_is_proved() -> None:
    me = replace(ME, boot="")
    assert takeover.observe(replace(SEEN, boot=""), me, None) is Liveness.UNKNOWN


@given(
    left=st.floats(min_value=-1e6, max_value=1e6),
    liveness=st.sampled_from(list(Liveness)),
)
def test_a_lease_is_free_exactly_when_its_time_is_out_or_its_owner_dead(left: float, liveness: Liveness) -> None:
    held = Lease("local/acme", 1, SEEN, NOON - timedelta(days=20), NOON + timedelta(seconds=left))
    free = held.until <= NOON or liveness is Liveness.DEAD
    try:
        takeover.check(held, NOON, liveness)
    except LeaseHeld:
        assert not free
    else:
        assert free


def test_what_nobody_holds_is_free() -> None:
    takeover.check(None, NOON, Liveness.UNKNOWN)
