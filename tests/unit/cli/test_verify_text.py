"""What can't be shown is named by why: of this target, or because nothing is there yet."""

from __future__ import annotations

from datetime import UTC, datetime

from cli import verify_text
from operations.isolation.evidence import Verified
from operations.isolation.model import Result, Shows, Verdict
from tests.unit.operations.isolation.given import assertion, party

TARGET = Shows(local="no packets flow here", aws="yes")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def result(id: str, why: str, subject: str = "acme", verdict: Verdict = Verdict.NOT_OBSERVABLE) -> Result:
    return Result(assertion(id=id, shows=TARGET), subject, "", verdict, why)


def lines(*results: Result) -> list[str]:
    return list(verify_text.lines(Verified("local", NOW, "1", (party("acme"),), results)))


def test_ids_are_told_once_and_apart_by_why() -> None:
    told = lines(
        result("pods-b", TARGET.local),
        result("pods-a", TARGET.local),
        result("pods-a", TARGET.local, "globex"),
        result("rows", "there is no table yet"),
        result("keys", "3 of 3 closed", verdict=Verdict.HELD),
    )
    assert told[-3:] == [
        "cannot be shown on this target: pods-a, pods-b",
        "nothing there yet to be tried on: rows",
        "1 tenant: all 1 that can be shown are held; 4 cannot be shown and do not count.",
    ]


def test_where_all_is_shown_there_is_no_such_line() -> None:
    assert len(lines(result("keys", "3 of 3 closed", verdict=Verdict.HELD))) == 2


def test_many_are_wrapped_between_ids() -> None:
    told = lines(*(result(f"pods-number-{number:02d}", TARGET.local) for number in range(20)))
    assert all(len(line) <= 100 for line in told)
    assert "".join(told).count("pods-number-") == 20
