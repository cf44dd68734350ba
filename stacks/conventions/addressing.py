"""The one maker of address ranges, and the ports of what is reached.

Places are fixed by number, so growth never moves anyone.

A cell's VPC is a /16: its lower half holds the cell's own subnets, its upper half 256 blocks of /25, one for each
silo tenant. A tenant takes the first three /27 of its block, one a zone; the fourth stays free. An own VPC is a /20.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

ZONES: Final = 3
CELL_PREFIX: Final = 16
OWN_VPC_PREFIX: Final = 20
TENANT_BLOCKS: Final = 256

DATABASE_PORT: Final = 5432
CACHE_PORT: Final = 6379

_BLOCK_PREFIX: Final = 25
_DATA_PREFIX: Final = 27
_UPPER_HALF: Final = 128 * 256
_PUBLIC: Final = ((24, 0), (24, 1), (24, 2))
_SHARED_DATA: Final = ((24, 4), (24, 5), (24, 6))
_PRIVATE: Final = ((19, 1), (19, 2), (19, 3))
_OWN_PRIVATE: Final = ((22, 1), (22, 2), (22, 3))
_OWN_DATA: Final = ((24, 0), (24, 1), (24, 2))
_OWN_PUBLIC: Final = ((26, 12), (26, 13), (26, 14))


@dataclass(frozen=True, slots=True)
class CellRanges:
    """Subnets of a cell's own, one a zone each."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnRanges:
    """Subnets of a tenant's own VPC, one a zone each; public ones hold NAT gateways only."""

    private: tuple[str, ...]
    data: tuple[str, ...]
    public: tuple[str, ...]


def cell(cidr: str) -> CellRanges:
    """Subnets of the cell with this /16."""
    network = IPv4Network(cidr)
    return CellRanges(public=_cut(network, _PUBLIC), private=_cut(network, _PRIVATE), data=_cut(network, _SHARED_DATA))


def own_vpc(cidr: str) -> OwnRanges:
    """Subnets of the own VPC with this /20."""
    network = IPv4Network(cidr)
    return OwnRanges(
        private=_cut(network, _OWN_PRIVATE), data=_cut(network, _OWN_DATA), public=_cut(network, _OWN_PUBLIC)
    )


def tenant_block(cell_cidr: str, number: int) -> tuple[str, ...]:
    """Data subnets of the tenant with this block number (0-255) in a cell."""
    if not 0 <= number < TENANT_BLOCKS:
        raise ValueError(f"a cell has {TENANT_BLOCKS} blocks, there is no number {number}")
    size = 2 ** (32 - _BLOCK_PREFIX)
    start = IPv4Network(cell_cidr).network_address + _UPPER_HALF + number * size
    return _cut(IPv4Network((start, _BLOCK_PREFIX)), tuple((_DATA_PREFIX, zone) for zone in range(ZONES)))


def own_vpc_cidr(region_range: str, number: int) -> str:
    """The own VPC with this number in the region's range for them."""
    network = IPv4Network(region_range)
    start = network.network_address + number * 2 ** (32 - OWN_VPC_PREFIX)
    if start > network.broadcast_address:
        raise ValueError(f"{region_range} has no own VPC number {number}")
    return str(IPv4Network((start, OWN_VPC_PREFIX)))


def own_vpcs(region_range: str) -> int:
    """How many own VPCs a region's range holds."""
    return 2 ** (OWN_VPC_PREFIX - IPv4Network(region_range).prefixlen)


def overlapping(ranges: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of ranges that share addresses, in the order given."""
    known = [IPv4Network(each) for each in ranges]
    return tuple(
        (str(one), str(other))
        for position, one in enumerate(known)
        for other in known[position + 1 :]
        if one.overlaps(other)
    )


def _cut(network: IPv4Network, places: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    return tuple(
        str(IPv4Network((network.network_address + number * 2 ** (32 - prefix), prefix))) for prefix, number in places
    )
