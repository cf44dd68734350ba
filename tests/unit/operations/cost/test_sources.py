"""The users' own cost tables, computed again: where they add up, and where they disagree with themselves and us."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from operations.cost import estimate, shelf
from operations.cost.estimate import Estimate
from stacks.resources.kind import HOURS_A_MONTH
from tests.unit.operations.cost import sources
from tests.unit.operations.cost.sources import NOTHING, Range
from tests.unit.stacks.given import asked, blueprint

DATA = ("cache", "database", "encryption", "object_store", "secrets")
"""Kinds that hold data, or keep it: compute comes on top."""


@cache
def ours(size: str) -> Estimate:
    """What the tool says of a tenant with everything of its own, in us-east-1."""
    return estimate.of(size, blueprint(asked(size=size)), shelf.packaged())


def hour(key: str) -> Decimal:
    found = shelf.packaged().find("us-east-1", key)
    assert found is not None
    return found.usd


def of_kind(size: str, kind: str) -> Decimal:
    found = estimate.total(line for line in ours(size).lines if line.kind == kind)
    assert found is not None
    return found


def test_the_components_add_up_to_their_total() -> None:
    assert sum(sources.COMPONENTS.values(), NOTHING) == sources.COMPONENTS_TOTAL


def test_five_mixed_tenants_do_not_reach_the_total_of_the_components() -> None:
    mixed = sum(sources.PER_TENANT.values(), sources.PER_TENANT["small"])
    assert mixed == Range(2900, 4800)
    assert mixed.high < sources.COMPONENTS_TOTAL.low


def test_five_of_the_largest_tenants_reach_it_neither_by_lowest_nor_by_highest() -> None:
    largest = sources.PER_TENANT["enterprise"] * sources.TENANTS
    assert largest == Range(6000, 10000)
    assert largest.low < sources.COMPONENTS_TOTAL.low
    assert largest.high < sources.COMPONENTS_TOTAL.high


def test_what_no_tenant_s_figure_can_hold_is_what_they_share() -> None:
    shared = ("GPU training nodes", "shared services", "data transfer")
    assert sum((sources.COMPONENTS[name] for name in shared), NOTHING) == Range(1800, 4600)


def test_one_p4d_around_the_clock_costs_more_than_the_whole_table() -> None:
    month = estimate.cents(hour("ec2.p4d.24xlarge.linux") * HOURS_A_MONTH)
    assert month == Decimal("16029.08")
    assert month > sources.COMPONENTS_TOTAL.high


@pytest.mark.parametrize(("budget", "hours"), [("low", 45), ("high", 136)])
def test_the_gpu_budget_buys_days_of_a_p4d_and_no_month(budget: str, hours: int) -> None:
    amount = Decimal(getattr(sources.COMPONENTS["GPU training nodes"], budget))
    assert int(amount / hour("ec2.p4d.24xlarge.linux")) == hours


def test_the_gpu_budget_pays_for_one_g5_around_the_clock_and_for_no_more_than_three() -> None:
    month = hour("ec2.g5.2xlarge.linux") * HOURS_A_MONTH
    budget = sources.COMPONENTS["GPU training nodes"]
    assert month < budget.low < 2 * month
    assert 3 * month < budget.high < 4 * month


def test_every_gpu_instance_that_the_papers_name_properly_has_a_price() -> None:
    for each in sources.GPU_INSTANCES:
        assert shelf.packaged().find("us-east-1", f"ec2.{each}.linux") is not None
    assert shelf.packaged().find("us-east-1", "ec2.p4d.xlarge.linux") is None  # named there too; AWS has none


@pytest.mark.parametrize(("size", "least"), [("small", "72.94"), ("medium", "185.80"), ("enterprise", "730.89")])
def test_what_a_tenant_keeps_its_data_in_costs_less_than_the_papers_figures(size: str, least: str) -> None:
    assert sum(of_kind(size, kind) for kind in DATA) == Decimal(least)
    assert ours(size).unknown
    assert Decimal(least) < sources.PER_TENANT[size].low


def test_where_the_price_of_the_instance_is_not_known_the_estimate_names_it() -> None:
    unknown = (line for line in ours("large").unknown if line.kind in DATA and line.quantity is not None)
    assert {line.dimension for line in unknown} == {
        "elasticache.valkey.cache.m7g.large",
        "rds.postgres.db.m7g.xlarge.multi_az",
    }


def test_five_small_or_medium_databases_and_caches_cost_less_than_the_papers_say() -> None:
    databases = of_kind("medium", "database") * sources.TENANTS
    caches = of_kind("medium", "cache") * sources.TENANTS
    assert (databases, caches) == (Decimal("670.70"), Decimal("189.80"))
    assert databases < sources.COMPONENTS["dedicated databases"].low
    assert caches < sources.COMPONENTS["dedicated cache"].low


def test_five_caches_with_two_replicas_cost_more_than_the_papers_say() -> None:
    caches = of_kind("enterprise", "cache") * sources.TENANTS
    assert caches == Decimal("1918.45")
    assert caches > sources.COMPONENTS["dedicated cache"].high


def test_a_control_plane_for_each_tenant_is_a_small_part_of_dedicated_clusters() -> None:
    planes = hour("eks.control_plane.standard") * HOURS_A_MONTH * sources.TENANTS
    assert planes == Decimal("365.00")
    assert planes < sources.COMPONENTS["dedicated clusters"].low


def test_a_deployment_for_each_customer_costs_what_it_says_for_five_and_for_ten() -> None:
    for customers, told in sources.FOR_CUSTOMERS.items():
        assert sources.PER_CUSTOMER * customers == told
    assert Range(sources.PER_CUSTOMER.low * 2, sources.PER_CUSTOMER.high * 10) == sources.TWO_TO_TEN


def test_the_profit_leaves_out_the_best_case() -> None:
    profit = sources.CHARGE.less(sources.PER_CUSTOMER)
    assert profit == Range(30, 90)
    assert profit.low == sources.PROFIT.low
    assert profit.high != sources.PROFIT.high
    assert sources.PROFIT * 10 == sources.PROFIT_OF_TEN


def test_charges_by_user_add_up() -> None:
    assert {users: users * sources.PER_USER for users in sources.BY_USERS} == sources.BY_USERS


def test_a_customer_of_two_users_is_charged_less_than_the_lowest_fixed_fee() -> None:
    assert sources.BY_USERS[2] < sources.CHARGE.low


def test_one_deployment_for_all_is_cheaper_from_the_fifth_customer_at_the_latest() -> None:
    assert sources.SHARED_DEPLOYMENT.high <= (sources.PER_CUSTOMER * 5).low
