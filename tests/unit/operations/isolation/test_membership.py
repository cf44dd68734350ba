"""Which members are tried on each other, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.isolation import membership, pairs
from operations.isolation.model import Party, Unclear
from tests.unit.operations.isolation.given import party
from tests.unit.stacks.given import asked, blueprint

SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5}


def with_members(*members: dict[str, object]) -> Party:
    made = blueprint(asked(members=list(members)))
    return replace(party("acme"), blueprint=made, outputs={"members": {"ada": {"folder": "members/m1"}}})


def test_those_with_most_are_tried_in_both_directions() -> None:
    one = with_members({"id": "ada"}, {"id": "bob", "namespace": SHARE}, {"id": "eve", "active": False})
    assert [(a.id, b.id if b else "") for a, b in membership.directions(one)] == [("bob", "ada"), ("ada", "bob")]


def test_the_only_one_is_tried_on_its_tenant() -> None:
    one = with_members({"id": "ada"}, {"id": "eve", "active": False})
    assert [(a.id, b) for a, b in membership.directions(one)] == [("ada", None)]
    assert membership.some(one, None)
    assert not membership.some(with_members({"id": "eve", "active": False}), None)


def test_a_member_that_the_stack_says_nothing_of_is_unclear() -> None:
    one = with_members({"id": "ada"}, {"id": "bob"})
    ada, bob = membership.active(one)
    assert membership.told(one, ada) == {"folder": "members/m1"}
    with pytest.raises(Unclear, match="says nothing of member bob"):
        membership.told(one, bob)


def test_a_tenant_with_members_stands_for_none_without() -> None:
    assert pairs.symmetry(with_members({"id": "ada"})) != pairs.symmetry(with_members())
