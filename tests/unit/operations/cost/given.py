"""Price tables and blueprints that tests of costs start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from operations.cost import table
from operations.cost.table import Factor, Prices
from stacks.resources.kind import PriceDimension

HEAD = "key,unit,usd,as_of,confidence,source\n"
TABLE = (
    HEAD
    + "kms.key,key-month,1.00,2024-07,B,somewhere\n"
    + "node,hour,0.0333,2026-01,A,price list\n"
    + "storage,GB-month,0.115,2026-10-08,A,price list\n"
)


def prices(factors: Mapping[str, Factor] | None = None) -> Prices:
    return Prices({"us-east-1": table.parse(TABLE, "us-east-1.csv")}, factors or {})


@dataclass(frozen=True)
class Thing:
    """As much of a blueprint as an estimate reads."""

    dimensions: tuple[tuple[str, PriceDimension], ...]
    region: str = "us-east-1"
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"cost-center": "CC-1", "owner": "a"}))

    def prices(self) -> Iterable[tuple[str, PriceDimension]]:
        return self.dimensions


def thing(*dimensions: PriceDimension, region: str = "us-east-1", **tags: str) -> Thing:
    every = tuple((each.key.partition(".")[0], each) for each in dimensions)
    return Thing(every, region, tags) if tags else Thing(every, region)
