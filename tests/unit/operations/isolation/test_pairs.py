"""Which pairs are tried: each two classes once, the newest tenant with everybody, in both directions."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from operations.isolation import pairs
from operations.isolation.model import Party
from operations.isolation.pairs import Pair, symmetry
from tests.unit.operations.isolation.given import party

KINDS = ("database", "cache", "object_store")


@dataclass(frozen=True)
class Sort:
    """What makes a class, as far as it is drawn here."""

    cell: int
    pooled: tuple[str, ...]


SORTS = st.builds(Sort, st.integers(1, 2), st.lists(st.sampled_from(KINDS), unique=True).map(sorted).map(tuple))
BASE = party("acme")


def made(sorts: list[Sort]) -> list[Party]:
    return [
        party(f"tenant-{number}", age=number, cell=sort.cell, pooled=sort.pooled) for number, sort in enumerate(sorts)
    ]


def named(chosen: tuple[Pair, ...]) -> list[tuple[str, str]]:
    return [(one.tenant, other.tenant) for one, other in chosen]


@settings(max_examples=40, deadline=None)
@drawn(st.lists(SORTS, min_size=1, max_size=6))
def test_every_two_classes_are_tried_both_ways_and_the_newest_with_everybody(sorts: list[Sort]) -> None:
    parties = made(sorts)
    chosen = pairs.choose(parties)
    names = named(chosen)
    assert names == sorted(set(names))
    assert all(one != other for one, other in names)
    assert {(other, one) for one, other in names} == set(names)
    tried = {(symmetry(one), symmetry(other)) for one, other in chosen}
    assert tried == {(symmetry(one), symmetry(other)) for one in parties for other in parties if one is not other}
    newest = parties[-1].tenant
    assert {(newest, each.tenant) for each in parties[:-1]} <= set(names)


@settings(max_examples=20, deadline=None)
@drawn(st.lists(SORTS, min_size=2, max_size=5), st.randoms())
def test_the_order_in_which_tenants_come_does_not_matter(sorts: list[Sort], random: object) -> None:
    parties = made(sorts)
    assert named(pairs.choose(parties)) == named(pairs.choose(list(reversed(parties))))


@settings(max_examples=20, deadline=None)
@drawn(st.lists(SORTS, min_size=3, max_size=5))
def test_who_is_named_is_in_every_pair_and_meets_each_class_and_the_newest(sorts: list[Sort]) -> None:
    parties = made(sorts)
    chosen = pairs.choose(parties, [parties[0]])
    assert all(parties[0].tenant in pair for pair in named(chosen))
    met = {symmetry(other) for one, other in chosen if one is parties[0]}
    assert met == {symmetry(each) for each in parties[1:]}
    assert (parties[-1].tenant, parties[0].tenant) in named(chosen)


def test_against_means_just_these_two_in_both_directions() -> None:
    parties = made([Sort(1, ())] * 4)
    assert named(pairs.choose(parties, [parties[0]], parties[2])) == [
        ("tenant-0", "tenant-2"),
        ("tenant-2", "tenant-0"),
    ]


def test_many_alike_need_few_pairs() -> None:
    parties = made([Sort(1, ())] * 30)
    assert len(pairs.choose(parties)) == 2 * 29 + 2


def test_nobody_is_tried_against_itself() -> None:
    assert pairs.choose([BASE]) == ()
    assert pairs.choose([BASE], [BASE], BASE) == ()
    assert pairs.choose([]) == ()
