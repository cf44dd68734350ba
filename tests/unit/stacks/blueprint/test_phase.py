from __future__ import annotations

import pytest

from stacks.blueprint import phase


@pytest.mark.parametrize(
    ("one", "serves", "protects", "protects_services", "empties"),
    [
        (phase.LIVE, True, True, True, False),
        (phase.retiring("run-1"), True, True, False, False),
        (phase.ARCHIVED, False, True, False, False),
        (phase.PURGING, False, False, False, True),
    ],
    ids=str,
)
def test_protection_is_lifted_one_step_at_a_time(
    one: phase.Phase, serves: bool, protects: bool, protects_services: bool, empties: bool
) -> None:
    assert (one.serves, one.protects, one.protects_services, one.empties) == (
        serves,
        protects,
        protects_services,
        empties,
    )


@pytest.mark.parametrize("one", [phase.LIVE, phase.ARCHIVED, phase.PURGING, phase.retiring("run-7")], ids=str)
def test_a_phase_can_be_written_and_read(one: phase.Phase) -> None:
    assert phase.parse(str(one)) == one


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(ValueError, match="dying"):
        phase.parse("dying")
