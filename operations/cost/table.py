"""Prices as data: one row a thing that AWS bills, with how sure we are of it and since when."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType


class Confidence(StrEnum):
    """How sure a price is. A: AWS's own price list, or a tool that reads it. B: sources agree. C: one source only."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for one `unit`, on demand, before tax and discounts. `as_of` is a year, a month or a day."""

    key: str
    unit: str
    usd: Decimal
    as_of: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Factor:
    """What a region without a price table of its own costs, as a multiple of one that has one."""

    region: str
    base: str
    factor: Decimal
    as_of: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Prices:
    """Tables by region, and factors for regions without a table."""

    tables: Mapping[str, Mapping[str, Price]]
    factors: Mapping[str, Factor]

    def knows(self, region: str) -> bool:
        """Whether anything can be said of this region."""
        return region in self.tables or region in self.factors

    def find(self, region: str, key: str) -> Price | None:
        """The price in a region; None where nobody has written it down, which is never the same as free."""
        if region in self.tables:
            return self.tables[region].get(key)
        factor = self.factors.get(region)
        found = self.tables.get(factor.base, {}).get(key) if factor else None
        return _scaled(found, factor) if found and factor else None


def parse(text: str, name: str) -> Mapping[str, Price]:
    """A table from CSV. Raises ValueError with the line for a row that can't be used; `name` says which table."""
    found: dict[str, Price] = {}
    for line, row in _rows(text):
        price = Price(row["key"], row["unit"], _usd(row["usd"], name, line), *_origin(row, name, line))
        if price.key in found:
            raise ValueError(f"{name}:{line}: {price.key} stands twice")
        found[price.key] = price
    return MappingProxyType(found)


def factors(text: str, name: str) -> Mapping[str, Factor]:
    """Region factors from CSV. Raises ValueError with the line for a row that can't be used."""
    found: dict[str, Factor] = {}
    for line, row in _rows(text):
        multiple = _usd(row["factor"], name, line)
        found[row["region"]] = Factor(row["region"], row["base"], multiple, *_origin(row, name, line))
    return MappingProxyType(found)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(csv.DictReader(text.splitlines()), start=2))


def _origin(row: Mapping[str, str], name: str, line: int) -> tuple[str, Confidence, str]:
    try:
        confidence = Confidence(row["confidence"])
    except ValueError as error:
        raise ValueError(f"{name}:{line}: {error}") from error
    if not row["as_of"] or not row["source"]:
        raise ValueError(f"{name}:{line}: a price without date or source can't be checked by anybody")
    return row["as_of"], confidence, row["source"]


def _usd(text: str, name: str, line: int) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{name}:{line}: `{text}` is not a number") from error
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{name}:{line}: `{text}` is not a price; leave out what is not known")
    return amount


def _scaled(price: Price, factor: Factor) -> Price:
    weaker = max(price.confidence, factor.confidence)
    source = f"{price.source}; {factor.base} x {factor.factor}: {factor.source}"
    return replace(price, usd=price.usd * factor.factor, confidence=weaker, source=source)
