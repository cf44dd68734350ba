"""GPU seconds: nothing counted twice, whatever the order, and each instant in one month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.usage import gpus, month
from operations.usage.gpus import Use
from operations.usage.month import Month
from stacks.errors import BadInput

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2026, 10, 1), datetime(2027, 2, 27), timezones=st.just(UTC))


@st.composite
def samples(draw: st.DrawFn) -> list[Use]:
    """Samples of some pods as they are listed again and again: a pod's start stays, its end goes on."""
    found: list[Use] = []
    for number in range(draw(st.integers(1, 4))):
        start, held = draw(INSTANTS), draw(st.integers(1, 8))
        lengths = draw(st.lists(st.integers(0, 40 * 86400), min_size=1, max_size=5))
        found += [Use(f"pod-{number}", held, start, start + timedelta(seconds=each)) for each in lengths]
    return found


@given(samples(), st.integers())
def test_the_order_of_samples_and_their_repetition_change_nothing(seen: list[Use], seed: int) -> None:
    again = sorted([*seen, *seen], key=lambda use: hash((seed, use.until, use.uid)))
    assert gpus.join(again) == gpus.join(seen)
    assert gpus.seconds(again, Month(2026, 11)) == gpus.seconds(seen, Month(2026, 11))


@given(samples(), samples())
def test_joining_in_parts_is_joining_at_once(one: list[Use], other: list[Use]) -> None:
    assert gpus.join([*gpus.join(one), *gpus.join(other)]) == gpus.join([*one, *other])


@given(samples())
def test_months_share_out_all_that_was_held_and_no_more(seen: list[Use]) -> None:
    months = [Month(2026, number) for number in (10, 11, 12)] + [Month(2027, number) for number in (1, 2, 3, 4, 5)]
    held = sum(use.gpus * (use.until - use.start).total_seconds() for use in gpus.join(seen))
    assert sum(gpus.seconds(seen, each) for each in months) == pytest.approx(held)


@given(samples())
def test_a_month_has_no_more_seconds_of_a_pod_than_it_is_long(seen: list[Use]) -> None:
    november = Month(2026, 11)
    most = (november.end - november.start).total_seconds()
    assert all(use.seconds(november) <= use.gpus * most for use in gpus.join(seen))


def test_a_pod_over_the_turn_of_the_year_is_split() -> None:
    start = datetime(2026, 12, 31, 22, tzinfo=UTC)
    use = Use("pod", 2, start, start + timedelta(hours=5))
    assert (use.seconds(Month(2026, 12)), use.seconds(Month(2027, 1))) == (2 * 2 * 3600, 2 * 3 * 3600)


def test_a_month_is_of_utc_wherever_the_clock_is() -> None:
    east = datetime.fromisoformat("2026-12-01T01:00:00+02:00")
    assert month.of(east) == Month(2026, 11)
    assert str(Month(2026, 12).next) == "2027-01"


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "november", "", "2026-00"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        month.parse(text)
