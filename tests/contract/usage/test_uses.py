"""What every keeper of usage records keeps to, in memory or in a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from operations.registry import database
from operations.registry.uses import SqlUses
from operations.usage.gpus import Use
from operations.usage.memory import MemoryUses
from operations.usage.month import Month
from operations.usage.port import Uses

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
USE = Use("u1", 2, NOON, NOON + timedelta(hours=1))
NOVEMBER = Month(2026, 11)


def in_memory(_: Path) -> Uses:
    return MemoryUses()


def in_sqlite(folder: Path) -> Uses:
    return SqlUses(database.connect(folder / "registry.sqlite"))


@pytest.fixture(params=[in_memory, in_sqlite])
def uses(request: pytest.FixtureRequest, tmp_path: Path) -> Uses:
    make: Callable[[Path], Uses] = request.param
    return make(tmp_path)


def test_what_is_added_comes_back_and_again_is_no_more(uses: Uses) -> None:
    for _ in range(2):
        uses.add("local", "acme", 1, [USE])
    assert uses.of("local", "acme", NOVEMBER) == (USE,)


def test_a_later_sample_of_a_pod_goes_on_and_an_earlier_takes_nothing_away(uses: Uses) -> None:
    later = replace(USE, until=NOON + timedelta(hours=5))
    uses.add("local", "acme", 1, [later])
    uses.add("local", "acme", 1, [USE])
    assert uses.of("local", "acme", NOVEMBER) == (later,)


def test_a_month_has_what_reaches_into_it(uses: Uses) -> None:
    over = Use("u2", 1, datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 1, tzinfo=UTC))
    uses.add("local", "acme", 1, [USE, over])
    assert uses.of("local", "acme", Month(2026, 12)) == (over,)
    assert uses.of("local", "acme", NOVEMBER) == (USE, over)
    assert uses.of("local", "acme", Month(2026, 10)) == ()


def test_tenants_and_environments_are_apart_and_incarnations_count_together(uses: Uses) -> None:
    uses.add("local", "acme", 1, [USE])
    uses.add("local", "acme", 2, [replace(USE, uid="u2")])
    uses.add("local", "globex", 1, [replace(USE, uid="u3")])
    uses.add("other", "acme", 1, [replace(USE, uid="u4")])
    assert [use.uid for use in uses.of("local", "acme", NOVEMBER)] == ["u1", "u2"]


def test_instants_are_the_same_whatever_zone_they_are_told_in(uses: Uses) -> None:
    east = timezone(timedelta(hours=9))
    uses.add("local", "acme", 1, [Use("u1", 2, USE.start.astimezone(east), USE.until.astimezone(east))])
    assert uses.of("local", "acme", NOVEMBER) == (USE,)
