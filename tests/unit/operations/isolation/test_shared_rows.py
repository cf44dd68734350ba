"""Rows of shared tables: what a policy must say, what counts as refused, and that nothing is held on no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from operations.isolation import catalogue, tables
from operations.isolation.model import Came, Halted, NotObservable, Party, Refusal, Unasked, Unclear, Verdict
from operations.isolation.ports import Case, Door, World
from operations.isolation.verifying import judged
from tests.fake_isolation import FakeActing, FakeApart
from tests.unit.operations.isolation.given import party

RULE = "(tenant_id = split_part((CURRENT_USER)::text, '_'::text, 1))"
OURS = {"name": "tenant_rows", "permissive": True, "command": "*", "using": RULE, "check": RULE}


class Server(FakeActing):
    """A server that answers each statement alike."""

    answer: Sequence[Sequence[Any]] | Exception = ()

    def sql(self, at: Party, *statements: str, door: Door = Door.TLS, database: str = "") -> Sequence[Sequence[Any]]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Apart(FakeApart):
    """Every tenant's hands are at that server."""

    answer: Sequence[Sequence[Any]] | Exception = field(default_factory=list[Sequence[Any]])

    def of(self, party: Party) -> Server:
        made = Server(self, party)
        made.answer = self.answer
        return made

    def case(self) -> Case:
        world = self.world()
        return Case(party("acme"), party("globex"), World(world.readings, self, world.target))


def verdict(assertion: str, answer: Sequence[Sequence[Any]] | Exception) -> tuple[Verdict, str]:
    (entry,) = [each for each in catalogue.entries() if each.assertion.id == assertion]
    result = judged(entry, Apart(answer=answer).case())
    return result.verdict, result.why


def table(
    *policies: dict[str, Any], enabled: bool = True, forced: bool = True, members: bool = False, rules: bool = False
) -> list[list[Any]]:
    return [["app.orders", enabled, forced, members, rules, list(policies)]]


def test_a_table_whose_rows_name_members_goes_by_them_too() -> None:
    suffix = "strpos((CURRENT_USER)::text, '_'::text)"
    both = f"({RULE} AND (({suffix} = 0) OR (member_id = substr((CURRENT_USER)::text, ({suffix} + 1)))))"
    by_member = OURS | {"using": both, "check": both}
    assert verdict("pg-rows-policies", table(by_member, members=True))[0] is Verdict.HELD
    assert verdict("pg-rows-policies", table(OURS, members=True))[0] is Verdict.BROKEN
    assert verdict("pg-rows-policies", table(by_member))[0] is Verdict.BROKEN


def test_a_table_with_our_policy_alone_is_held() -> None:
    assert verdict("pg-rows-policies", table(OURS))[0] is Verdict.HELD
    restrictive = {**OURS, "name": "hours", "permissive": False, "using": "false"}
    assert verdict("pg-rows-policies", table(OURS, restrictive))[0] is Verdict.HELD


WRONG = {
    "off": (table(OURS, enabled=False), "row security is off"),
    "not forced": (table(OURS, forced=False), "not forced"),
    "no policy": (table(), "no policy"),
    "another policy beside it": (table(OURS, {**OURS, "name": "hole", "using": "true"}), "policy hole"),
    "no check": (table({**OURS, "check": None}), "policy tenant_rows"),
    "for reading only": (table({**OURS, "command": "r"}), "policy tenant_rows"),
    "by a variable": (table({**OURS, "using": "(tenant_id = current_setting('x'::text))"}), "policy tenant_rows"),
    "ruled by the login": (table(OURS, rules=True), "rights that no policy covers"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_table_that_is_not_closed_by_row_is_broken_and_says_why(case: str) -> None:
    answer, why = WRONG[case]
    found, told = verdict("pg-rows-policies", answer)
    assert found is Verdict.BROKEN
    assert why in told


@pytest.mark.parametrize("assertion", ["pg-rows-read", "pg-rows-forge", "pg-rows-fixed"])
def test_without_a_shared_table_nothing_is_held(assertion: str) -> None:
    assert verdict(assertion, [])[0] is Verdict.NOT_OBSERVABLE
    with pytest.raises(NotObservable):
        tables.shared(Apart().case())


def test_a_large_object_that_is_open_to_others_is_broken_and_named() -> None:
    assert verdict("pg-large-objects", [])[0] is Verdict.HELD
    found, told = verdict("pg-large-objects", [["16396 of tbbbbbbbbb to everybody"]])
    assert found is Verdict.BROKEN
    assert "16396 of tbbbbbbbbb" in told
    assert verdict("pg-large-objects", Unclear("timed out"))[0] is Verdict.INCONCLUSIVE


def came(answer: Sequence[Sequence[Any]] | Exception) -> Came:
    case = Apart(answer=answer).case()
    return tables.hidden("rows", case.acting, case.a, "SELECT 1").came


def test_no_rows_and_a_refusal_are_closed_and_a_constraint_is_not() -> None:
    assert [came([]), came(Refusal("denied"))] == [Came.REFUSED, Came.REFUSED]
    assert [came([[1]]), came(Halted("duplicate key"))] == [Came.WORKED, Came.WORKED]
    assert came(Unclear("timed out")) is Came.UNCLEAR


def test_what_only_a_constraint_stops_was_let_in() -> None:
    case = Apart(answer=Halted("null value")).case()
    tables.let_in(case.acting, case.a, "INSERT")
    refused = Apart(answer=Refusal("row-level security")).case()
    with pytest.raises(Refusal):
        tables.let_in(refused.acting, refused.a, "INSERT")


class Partitioned(Server):
    """A table of partitions: no row of `tenant_id` alone; `rows` says whether A has one, `forged` who may add any."""

    rows, forged = True, False

    def sql(self, at: Party, *statements: str, door: Door = Door.TLS, database: str = "") -> Sequence[Sequence[Any]]:
        last = statements[-1]
        if "pg_class" in last:
            return [["app.events"]]
        if last.startswith("SELECT 1"):
            return [[1]] if self.rows else []
        if "string_agg" in last:
            return [["id, day"]]
        if "VALUES" in last:
            raise Unasked("no partition of relation found for row")
        if f"SELECT '{self.party.slug}', id, day" not in last and not self.forged:
            raise Refusal("new row violates row-level security policy")
        raise Halted("duplicate key")


@pytest.mark.parametrize(
    ("rows", "forged", "found"),
    [
        (True, False, Verdict.HELD),
        (True, True, Verdict.BROKEN),
        (False, False, Verdict.NOT_OBSERVABLE),
    ],
)
def test_where_partitions_come_first_a_row_like_an_own_one_is_tried(
    monkeypatch: pytest.MonkeyPatch, rows: bool, forged: bool, found: Verdict
) -> None:
    monkeypatch.setattr(Partitioned, "rows", rows)
    monkeypatch.setattr(Partitioned, "forged", forged)

    def of(self: Apart, party: Party) -> Partitioned:
        return Partitioned(self, party)

    monkeypatch.setattr(Apart, "of", of)
    told, why = verdict("pg-rows-forge", [])
    assert told is found, why
    if found is Verdict.NOT_OBSERVABLE:
        assert "app.events: partitions" in why
        assert "acme has no row there yet" in why
