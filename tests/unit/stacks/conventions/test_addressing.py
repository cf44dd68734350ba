from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.conventions import addressing

cells = st.integers(0, 255).map(lambda octet: f"10.{octet}.0.0/16")


@given(cells)
def test_no_two_subnets_of_a_full_cell_overlap(cidr: str) -> None:
    ranges = addressing.cell(cidr)
    everything = [*ranges.public, *ranges.private, *ranges.data]
    for number in range(0, addressing.TENANT_BLOCKS, 17):
        everything += addressing.tenant_block(cidr, number)
    assert addressing.overlapping(everything) == ()
    assert all(IPv4Network(each).subnet_of(IPv4Network(cidr)) for each in everything)


def test_all_blocks_of_a_cell_are_apart() -> None:
    blocks = [cidr for number in range(256) for cidr in addressing.tenant_block("10.0.0.0/16", number)]
    assert len(set(blocks)) == 768
    ordered = sorted(IPv4Network(cidr) for cidr in blocks)
    assert all(not one.overlaps(other) for one, other in zip(ordered, ordered[1:], strict=False))


@given(st.integers(0, 255))
def test_own_vpcs_are_apart_and_their_subnets_inside(number: int) -> None:
    cidr = addressing.own_vpc_cidr("10.64.0.0/12", number)
    inside = addressing.own_vpc(cidr)
    everything = [*inside.private, *inside.data, *inside.public]
    assert addressing.overlapping(everything) == ()
    assert all(IPv4Network(each).subnet_of(IPv4Network(cidr)) for each in everything)
    assert number == 255 or cidr != addressing.own_vpc_cidr("10.64.0.0/12", number + 1)


@pytest.mark.parametrize("number", [-1, 256])
def test_a_block_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="256 blocks"):
        addressing.tenant_block("10.0.0.0/16", number)


def test_an_own_vpc_beyond_the_range_is_refused() -> None:
    assert addressing.own_vpcs("10.64.0.0/13") == 128
    with pytest.raises(ValueError, match="no own VPC number 128"):
        addressing.own_vpc_cidr("10.64.0.0/13", 128)


def test_overlaps_are_named_in_pairs() -> None:
    assert addressing.overlapping(["10.0.0.0/16", "10.1.0.0/16", "10.0.5.0/24"]) == (("10.0.0.0/16", "10.0.5.0/24"),)
