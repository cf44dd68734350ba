"""Which members a run may leave alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.blueprint import placement, resolve, settled
from stacks.blueprint.model import Blueprint
from stacks.inputs import tier
from stacks.inputs.tier import OwnSlice
from stacks.resources.members.spec import MembersSpec
from tests.unit.stacks.given import KEY, TIERS, asked, local

FORMS = [
    ("enterprise", OwnSlice.DATABASE),
    ("standard", OwnSlice.DATABASE),
    ("standard", OwnSlice.SCHEMA),
    ("starter", OwnSlice.DATABASE),
]
SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5}


def made(name: str, members: list[dict[str, Any]], form: OwnSlice = OwnSlice.DATABASE, **changes: Any) -> Blueprint:
    wanted = tier.load_version(TIERS, name, 1).model_copy(update={"bridge_database": form})
    profile = asked(tier=name, members=members, **changes)
    return resolve.tenant(profile, wanted, local(), placement.place(profile, wanted, local(), (), KEY, 1))


def ids(one: Blueprint, codes: frozenset[str]) -> set[str]:
    return {each.id for each in one.of(MembersSpec).members if each.code in codes}


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_who_comes_changes_nothing_for_the_others(name: str, form: OwnSlice) -> None:
    before = made(name, [{"id": "ada"}, {"id": "eve", "active": False}], form)
    after = made(name, [{"id": "ada"}, {"id": "bob"}, {"id": "eve", "active": False}], form)
    assert settled.ground(before) == settled.ground(after)
    assert ids(after, settled.same(before, after)) == {"ada", "eve"}


def test_a_share_of_one_takes_from_the_tenant_and_from_nobody_else() -> None:
    before = made("enterprise", [{"id": "ada", "namespace": SHARE}])
    after = made("enterprise", [{"id": "ada", "namespace": SHARE}, {"id": "bob", "namespace": SHARE}])
    assert settled.ground(before) == settled.ground(after)
    assert ids(after, settled.same(before, after)) == {"ada"}


@pytest.mark.parametrize(
    "edit",
    [
        {"active": False},
        {"namespace": SHARE},
        {"login": "ada@example.com"},
        {"name": "Ada"},
        {"quotas": {"api_calls_daily": 1}},
    ],
)
def test_who_changes_is_not_left_alone(edit: dict[str, Any]) -> None:
    before = made("enterprise", [{"id": "ada"}, {"id": "bob"}])
    after = made("enterprise", [{"id": "ada"} | edit, {"id": "bob"}])
    assert ids(after, settled.same(before, after)) == {"bob"}


def test_what_members_spaces_have_from_their_tenant_s_counts_as_theirs() -> None:
    members = [{"id": "ada", "namespace": SHARE}, {"id": "bob"}]
    before = made("enterprise", members)
    after = made("enterprise", members, nodes={"instance_types": ["m7g.large"]})
    assert ids(after, settled.same(before, after)) == {"bob"}


@pytest.mark.parametrize(
    "changes",
    [{"cost_center": "CC-2"}, {"database": {"storage_gb": 300}}, {"size": "medium"}, {"owner": "b@b.example"}],
)
def test_another_tenant_is_another_ground(changes: dict[str, Any]) -> None:
    members = [{"id": "ada"}]
    assert settled.ground(made("enterprise", members)) != settled.ground(made("enterprise", members, **changes))


def test_another_account_or_stack_is_another_ground() -> None:
    one = made("enterprise", [{"id": "ada"}])
    others = [replace(one, account="210987654321"), replace(one, facts=replace(one.facts, slug="tother"))]
    assert settled.ground(one) not in {settled.ground(each) for each in others}


@settings(deadline=None, max_examples=25)
@given(
    st.dictionaries(st.sampled_from(["ada", "bob", "cyd", "eve", "fay"]), st.booleans(), min_size=1),
    st.dictionaries(st.sampled_from(["ada", "bob", "cyd", "eve", "fay"]), st.booleans(), min_size=1),
)
def test_left_alone_is_who_is_there_before_and_after_as_the_same(was: dict[str, bool], now: dict[str, bool]) -> None:
    before, after = (made("enterprise", [{"id": i, "active": on} for i, on in each.items()]) for each in (was, now))
    assert ids(after, settled.same(before, after)) == {i for i, on in now.items() if was.get(i) is on}
