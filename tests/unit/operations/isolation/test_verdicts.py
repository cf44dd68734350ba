"""One rule makes verdicts of outcomes: a refusal counts only beside a positive control, and silence proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from operations.isolation import model, verifying
from operations.isolation.catalogue import Entry
from operations.isolation.model import (
    Came,
    Level,
    Missing,
    NotObservable,
    Outcome,
    Refusal,
    Report,
    Unclear,
    Verdict,
    finding,
    setting,
    there,
    trying,
    verdict,
)
from operations.isolation.ports import Case
from operations.isolation.verifying import Scope, judged
from tests.fake_isolation import FakeApart
from tests.unit.operations.isolation.given import OPEN, REFUSED, UNCLEAR, WORKED, assertion, party


@dataclass(frozen=True)
class Judged:
    """What a check saw, and what follows."""

    id: str
    control: tuple[Outcome, ...]
    attempts: tuple[Outcome, ...]
    verdict: Verdict


CASES = (
    Judged("all refused beside a control that worked", (WORKED,), (REFUSED, REFUSED), Verdict.HELD),
    Judged("one worked", (WORKED,), (REFUSED, OPEN), Verdict.BROKEN),
    Judged("one worked and another is unclear", (WORKED,), (UNCLEAR, OPEN), Verdict.BROKEN),
    Judged("one worked though the control did not", (REFUSED,), (OPEN,), Verdict.BROKEN),
    Judged("the control was refused", (REFUSED,), (REFUSED,), Verdict.INCONCLUSIVE),
    Judged("the control is unclear", (WORKED, UNCLEAR), (REFUSED,), Verdict.INCONCLUSIVE),
    Judged("a timeout", (WORKED,), (REFUSED, UNCLEAR), Verdict.INCONCLUSIVE),
    Judged("no control", (), (REFUSED,), Verdict.INCONCLUSIVE),
    Judged("no attempt", (WORKED,), (), Verdict.INCONCLUSIVE),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_verdicts_follow_from_outcomes(case: Judged) -> None:
    found, why = verdict(Report(case.control, case.attempts))
    assert found is case.verdict
    assert why


OUTCOMES = st.tuples(st.lists(st.sampled_from(Came)), st.lists(st.sampled_from(Came)))


@drawn(OUTCOMES)
def test_nothing_is_held_but_what_was_refused_beside_a_control(seen: tuple[list[Came], list[Came]]) -> None:
    control, attempts = (tuple(Outcome("it", came) for came in each) for each in seen)
    found, _ = verdict(Report(control, attempts))
    proven = bool(control and attempts) and {each.came for each in control} == {Came.WORKED}
    assert (found is Verdict.HELD) == (proven and {each.came for each in attempts} == {Came.REFUSED})
    assert (found is Verdict.BROKEN) == (Came.WORKED in {each.came for each in attempts})


def refuse() -> None:
    raise Refusal("AccessDenied")


def vanish() -> None:
    raise Missing("NoSuchKey")


def test_only_who_says_no_refuses_and_a_missing_thing_is_unclear() -> None:
    assert trying("it", refuse).came is Came.REFUSED
    assert trying("it", vanish).came is Came.UNCLEAR
    assert trying("it", lambda: None).came is Came.WORKED


def test_what_an_attempt_gives_back_is_not_told() -> None:
    assert "hunter2" not in str(trying("a secret", lambda: "hunter2"))


def unread() -> bool:
    raise Refusal("the verifier may not")


def test_a_setting_that_can_t_be_read_is_unclear_even_where_the_verifier_was_refused() -> None:
    assert [setting("it", unread).came, there("it", unread).came] == [Came.UNCLEAR, Came.UNCLEAR]
    assert [setting("it", lambda: True).came, setting("it", lambda: False).came] == [Came.REFUSED, Came.WORKED]
    assert [there("it", lambda: True).came, there("it", lambda: False).came] == [Came.WORKED, Came.REFUSED]
    assert str(finding("strangers", lambda: ["b", "c"])) == "strangers: b, c"
    assert str(finding("strangers", lambda: [])) == "strangers: none"


def test_a_long_answer_is_cut_to_a_line() -> None:
    def long() -> None:
        raise Unclear("word\n" * 100)

    told = str(trying("it", long))
    assert "\n" not in told
    assert len(told) < 250


FAULTS = (
    (NotObservable("no packets"), Verdict.NOT_OBSERVABLE, "no packets"),
    (Refusal("AccessDenied"), Verdict.INCONCLUSIVE, "the verifier was refused"),
    (Unclear("timed out"), Verdict.INCONCLUSIVE, "timed out"),
    (KeyError("DBInstances"), Verdict.INCONCLUSIVE, "can't be read"),
)


@pytest.mark.parametrize(("fault", "wanted", "why"), FAULTS, ids=lambda value: type(value).__name__)
def test_a_check_that_can_t_be_made_is_never_held(fault: Exception, wanted: Verdict, why: str) -> None:
    def check(case: Case) -> Report:
        raise fault

    result = judged(Entry(assertion(), check), Case(party("acme"), None, FakeApart().world()))
    assert result.verdict is wanted
    assert why in result.why


def test_controls_come_first_in_the_evidence_and_are_told_as_such() -> None:
    case = Case(party("acme"), party("globex"), FakeApart().world())
    result = judged(Entry(assertion(), lambda _: Report((WORKED,), (REFUSED,))), case)
    assert result.evidence == ("control: own: worked", "theirs: refused (AccessDenied)")
    assert (result.subject, result.against, result.verdict) == ("acme", "globex", model.Verdict.HELD)


def test_how_long_each_took_is_told_and_makes_no_other_result() -> None:
    entry = Entry(assertion(), lambda _: Report((WORKED,), (REFUSED,)))
    clock = iter([10.0, 12.5])
    (result,) = verifying.run(
        [entry],
        Scope([party("acme")], [], {Level.LIVE}),
        FakeApart().world(),
        stopping=lambda: False,
        now=lambda: next(clock),
    )
    assert result.seconds == 2.5
    assert result == judged(entry, Case(party("acme"), None, FakeApart().world()))
