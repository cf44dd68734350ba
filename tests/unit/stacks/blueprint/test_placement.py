from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.blueprint import placement
from stacks.blueprint.facts import Facts
from stacks.conventions import addressing, naming
from stacks.errors import BadInput, NotBuiltYet, Refused
from stacks.inputs.environment import Cell, Environment
from stacks.inputs.fields import Isolation
from tests.unit.stacks.given import KEY, asked, facts_of, local, silo


def grown(count: int, environment: Environment | None = None, dedicated: bool = False) -> list[Facts]:
    """Facts of this many tenants, made one after the other."""
    taken: list[Facts] = []
    for number in range(count):
        wanted = asked(tenant=f"tenant-{number}", network={"dedicated": dedicated})
        taken.append(placement.place(wanted, silo(), environment or local(), tuple(taken), KEY, 1))
    return taken


def roomy(**changes: object) -> Environment:
    """The local environment with the RDS quota raised above what a cell's addresses allow."""
    quotas = local().quotas.model_copy(update={"rds_instances": 1000})
    return local().model_copy(update={"quotas": quotas, **changes})


def test_facts_survive_the_registry() -> None:
    facts = facts_of(asked())
    assert placement.from_json(facts.to_json()) == facts


def test_the_first_tenant_gets_the_first_block_of_the_first_cell() -> None:
    facts = facts_of(asked())
    assert facts.cidrs == ("10.0.128.0/27", "10.0.128.32/27", "10.0.128.64/27")
    assert (facts.cell, facts.region, facts.incarnation) == (1, "us-east-1", 1)


def test_no_two_tenants_share_an_address_or_a_slug() -> None:
    taken = grown(39)
    assert addressing.overlapping([cidr for facts in taken for cidr in facts.cidrs]) == ()
    assert len({facts.slug for facts in taken}) == 39


@given(st.sets(st.integers(0, 19)))
@settings(max_examples=20, deadline=None)
def test_growth_never_moves_anyone_and_fills_what_was_left(leaving: set[int]) -> None:
    before = grown(20)
    staying = [facts for number, facts in enumerate(before) if number not in leaving]
    new = facts_of(asked(tenant="newcomer"), *staying)
    assert new.cidrs not in {facts.cidrs for facts in staying}
    left = {before[number].cidrs for number in leaving}
    assert new.cidrs in left or not left


def test_a_full_region_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused) as caught:
        grown(40)
    assert "RDS quota" in caught.value.why
    assert caught.value.exit_code == 3


def test_the_next_cell_is_used_when_the_first_is_full_and_the_last_one_says_how_to_open_another() -> None:
    region = local().regions[0]
    two = region.model_copy(update={"cells": [*region.cells, Cell(number=2, cidr="10.1.0.0/16")]})
    block = tuple(addressing.tenant_block("10.0.0.0/16", 0))
    full = [Facts(f"t{number:09}", 1, (*block[:2], str(number)), 1, "us-east-1") for number in range(256)]
    with pytest.raises(Refused, match="no room") as caught:
        placement.place(asked(), silo(), roomy(), tuple(full), KEY, 1)
    assert "--cell 2" in caught.value.next
    facts = placement.place(asked(), silo(), roomy(regions=[two]), tuple(full), KEY, 1)
    assert (facts.cell, facts.cidrs[0]) == (2, "10.1.128.0/27")


def test_an_own_vpc_takes_a_20_of_its_own_and_no_block() -> None:
    first, second = grown(2, dedicated=True)
    assert (first.cidrs, second.cidrs) == (("10.64.0.0/20",), ("10.64.16.0/20",))
    assert first.own_vpc
    assert facts_of(asked(), first, second).cidrs[0] == "10.0.128.0/27"


def test_own_vpcs_end_where_their_range_ends() -> None:
    with pytest.raises(Refused, match="own VPC"):
        grown(129, roomy(), dedicated=True)


def test_a_slug_that_is_taken_is_salted() -> None:
    first = naming.slug(KEY, "acme", 1)
    second = naming.slug(KEY, "acme", 1, salt=1)
    stranger = Facts(first, 1, ("10.0.255.0/27",), 1, "us-east-1")
    assert facts_of(asked(), stranger).slug == second
    assert placement.free_slug(KEY, "acme", 1, {first, second}) == naming.slug(KEY, "acme", 1, salt=2)


def test_another_incarnation_of_an_id_has_another_slug() -> None:
    assert facts_of(asked()).slug != facts_of(asked(), incarnation=2).slug


def test_other_regions_do_not_count() -> None:
    elsewhere = [Facts(f"t{number:09}", 1, ("10.16.128.0/27",), 1, "eu-central-1") for number in range(40)]
    assert facts_of(asked(), *elsewhere).cidrs[0] == "10.0.128.0/27"


def test_what_can_not_be_made_is_not_placed_either() -> None:
    halfway = silo().isolation.model_copy(update={"network": Isolation.BRIDGE})
    with pytest.raises(NotBuiltYet):
        placement.place(asked(), silo().model_copy(update={"isolation": halfway}), local(), (), KEY, 1)
    with pytest.raises(BadInput, match="can't be made"):
        placement.place(asked(region="ap-south-1"), silo(), local(), (), KEY, 1)


def test_a_cell_holds_what_addresses_and_quota_allow() -> None:
    assert placement.capacity(local()) == 40
    assert placement.capacity(roomy()) == 256
