"""What a blueprint costs in a month: pure arithmetic over its price dimensions.

Each line is rounded to the cent, half to even, and totals are sums of lines: whoever adds up the printed lines finds
the printed total. What has no known price is listed and makes the total a lower bound; it is never $0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Final, Protocol

from operations.cost.table import Price, Prices
from stacks.resources.kind import PriceDimension

CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")


class Priced(Protocol):
    """A blueprint, of a tenant or of shared services, as far as an estimate reads it."""

    @property
    def region(self) -> str:
        """Where it is."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """What its resources carry."""
        ...

    def prices(self) -> Iterable[tuple[str, PriceDimension]]:
        """All that AWS will bill, with the kind it is billed for."""
        ...


class Gap(StrEnum):
    """Why a line has no amount."""

    REGION = "no price table of this region"
    PRICE = "price not known"
    USAGE = "billed by use"
    BOTH = "billed by use, price not known"
    UNIT = "price is for another unit"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that AWS bills. `monthly` is None where `gap` says why; `price` may be known all the same."""

    tenant: str
    kind: str
    dimension: str
    unit: str
    quantity: Decimal | None
    price: Price | None
    monthly: Decimal | None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one tenant, or one cell's shared services, costs in a month."""

    subject: str
    region: str
    tags: Mapping[str, str]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal | None:
        """See `total`."""
        return total(self.lines)

    @property
    def unknown(self) -> tuple[Line, ...]:
        """See `unknown`."""
        return unknown(self.lines)


def of(subject: str, blueprint: Priced, prices: Prices) -> Estimate:
    """What a blueprint costs, from it alone; `subject` is the tenant's id or the name of shared services."""
    lines = tuple(_line(subject, kind, each, blueprint.region, prices) for kind, each in blueprint.prices())
    return Estimate(subject, blueprint.region, blueprint.tags, lines)


def total(lines: Iterable[Line]) -> Decimal | None:
    """The sum of what is known; None where something is billed and nothing of it is known, which is not $0."""
    every = tuple(lines)
    known = [line.monthly for line in every if line.monthly is not None]
    return sum(known, NOTHING) if known or not every else None


def unknown(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without an amount. Where there are any, the total is a lower bound."""
    return tuple(line for line in lines if line.gap is not None)


def cents(amount: Decimal) -> Decimal:
    """To the cent, half to even."""
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def _line(subject: str, kind: str, dimension: PriceDimension, region: str, prices: Prices) -> Line:
    price = prices.find(region, dimension.key)
    gap = _gap(price, dimension, known_region=prices.knows(region))
    # through text: a float such as 0.1 means what it prints, not its binary neighbour
    quantity = None if dimension.quantity is None else Decimal(str(dimension.quantity))
    monthly = cents(price.usd * quantity) if price and quantity is not None and gap is None else None
    return Line(subject, kind, dimension.key, dimension.unit, quantity, price, monthly, gap)


def _gap(price: Price | None, dimension: PriceDimension, *, known_region: bool) -> Gap | None:
    by_use = dimension.quantity is None
    if price is None:
        missing = Gap.BOTH if by_use else Gap.PRICE
        return missing if known_region else Gap.REGION
    if price.unit != dimension.unit:
        return Gap.UNIT
    return Gap.USAGE if by_use else None
