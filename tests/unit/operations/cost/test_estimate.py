"""Estimates: sums that add up, and what is not known is never free."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.cost import change, estimate, grouping
from operations.cost.estimate import Gap
from stacks.errors import BadInput
from stacks.resources.kind import PriceDimension
from tests.unit.operations.cost.given import prices, thing

KEY = PriceDimension("kms.key", "key-month", 1)
NODE = PriceDimension("node", "hour", 730)
STORAGE = PriceDimension("storage", "GB-month", 0.1)
BY_USE = PriceDimension("storage", "GB-month", None)
UNHEARD = PriceDimension("unheard.of", "hour", 730)

quantities = st.one_of(st.none(), st.integers(0, 10**7), st.floats(0, 10**6, allow_nan=False))
KEYS = [("kms.key", "key-month"), ("node", "hour"), ("storage", "GB-month"), ("unheard.of", "hour")]


def dimension(key: tuple[str, str], quantity: float | None) -> PriceDimension:
    return PriceDimension(*key, quantity)


dimensions = st.builds(dimension, st.sampled_from(KEYS), quantities)


@given(st.lists(st.lists(dimensions, max_size=8), max_size=4))
def test_printed_lines_and_groups_sum_to_the_printed_total(tenants: list[list[PriceDimension]]) -> None:
    every = [estimate.of(f"t{n}", thing(*each), prices()) for n, each in enumerate(tenants)]
    lines = [line for one in every for line in one.lines]
    printed = sum((Decimal(f"{line.monthly:.2f}") for line in lines if line.monthly is not None), Decimal("0.00"))
    total = estimate.total(lines)
    assert (total if total is not None else Decimal("0.00")) == printed
    for key in ("kind", "tag"):
        if lines:
            groups = grouping.by(every, key)
            assert sum((group.total or Decimal(0) for group in groups), Decimal(0)) == printed
            assert sorted(id(line) for group in groups for line in group.lines) == sorted(id(line) for line in lines)


@given(st.lists(dimensions, min_size=1, max_size=8))
def test_a_line_has_an_amount_or_says_why_not(wanted: list[PriceDimension]) -> None:
    found = estimate.of("acme", thing(*wanted), prices())
    assert all((line.monthly is None) == (line.gap is not None) for line in found.lines)
    assert (found.total is None) == all(line.gap for line in found.lines)


def test_lines_are_rounded_to_the_cent_half_to_even() -> None:
    assert [estimate.cents(Decimal(each)) for each in ("0.005", "0.015", "0.025", "24.309")] == [
        Decimal("0.00"),
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("24.31"),
    ]


def test_quantities_mean_what_they_print() -> None:
    assert estimate.of("acme", thing(STORAGE), prices()).lines[0].quantity == Decimal("0.1")


def test_an_unknown_price_makes_the_total_a_lower_bound() -> None:
    found = estimate.of("acme", thing(KEY, UNHEARD), prices())
    assert found.total == Decimal("1.00")
    assert [(line.dimension, line.gap) for line in found.unknown] == [("unheard.of", Gap.PRICE)]


def test_what_is_wholly_unknown_has_no_total_instead_of_zero() -> None:
    found = estimate.of("acme", thing(KEY, NODE, region="eu-central-1"), prices())
    assert found.total is None
    assert {line.gap for line in found.lines} == {Gap.REGION}


def test_what_is_billed_by_use_keeps_its_price() -> None:
    (line,) = estimate.of("acme", thing(BY_USE), prices()).lines
    assert (line.gap, line.monthly) == (Gap.USAGE, None)
    assert line.price is not None
    assert line.price.usd == Decimal("0.115")


def test_a_price_for_another_unit_is_not_used() -> None:
    (line,) = estimate.of("acme", thing(PriceDimension("kms.key", "hour", 730)), prices()).lines
    assert (line.gap, line.monthly) == (Gap.UNIT, None)


def test_nothing_billed_costs_nothing() -> None:
    found = estimate.of("acme", thing(), prices())
    assert (found.total, found.unknown) == (Decimal("0.00"), ())


def test_groups_by_tag_take_who_pays_where_no_key_is_named() -> None:
    every = [
        estimate.of("acme", thing(KEY, **{"cost-center": "CC-1", "owner": "a"}), prices()),
        estimate.of("globex", thing(KEY, NODE, **{"cost-center": "CC-2", "owner": "a"}), prices()),
    ]
    assert [(each.value, each.total) for each in grouping.by(every, "tag")] == [
        ("CC-1", Decimal("1.00")),
        ("CC-2", Decimal("25.31")),
    ]
    assert [(each.value, each.total) for each in grouping.by(every, "tag:owner")] == [("a", Decimal("26.31"))]


def test_tenants_without_a_tag_are_a_group_too() -> None:
    every = [
        estimate.of("acme", thing(KEY, owner="a"), prices()),
        estimate.of("globex", thing(KEY, team="b"), prices()),
    ]
    assert [(each.value, each.total) for each in grouping.by(every, "tag:team")] == [
        ("", Decimal("1.00")),
        ("b", Decimal("1.00")),
    ]


@pytest.mark.parametrize("key", ["tag:unheard", "colour", "kind:owner", "tags"])
def test_a_group_that_there_is_not_is_refused_with_those_that_there_are(key: str) -> None:
    with pytest.raises(BadInput) as refused:
        grouping.by([estimate.of("acme", thing(KEY), prices())], key)
    assert "tag:owner" in refused.value.next


def test_a_new_tenant_costs_nothing_before() -> None:
    found = change.of("acme", None, thing(KEY))
    assert (found.before, found.after, found.delta) == (Decimal("0.00"), Decimal("1.00"), Decimal("1.00"))


def recorded(*prices_of: PriceDimension) -> dict[str, Any]:
    """A blueprint as the registry has it, written by whatever version."""
    prices = [{"kind": "any", "key": each.key, "unit": each.unit, "quantity": each.quantity} for each in prices_of]
    return {"format": 0, "tags": {"owner": "a"}, "prices": prices}


def test_a_delta_is_not_told_where_one_side_is_unknown() -> None:
    found = change.of("acme", recorded(KEY), thing(UNHEARD))
    assert (found.before, found.after, found.delta) == (Decimal("1.00"), None, None)
    assert [line.dimension for line in found.unknown] == ["unheard.of"]


def test_the_recorded_blueprint_tells_what_it_was_before_whatever_version_wrote_it() -> None:
    found = change.of("acme", recorded(KEY, KEY), thing(KEY))
    assert (found.before, found.after, found.delta) == (Decimal("2.00"), Decimal("1.00"), Decimal("-1.00"))
