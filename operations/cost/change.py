"""What a plan changes in the monthly cost: the blueprint that was ordered before, and the one that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from operations.cost import estimate, shelf
from operations.cost.estimate import NOTHING, Line, Priced
from stacks.resources.kind import PriceDimension


@dataclass(frozen=True, slots=True)
class CostChange:
    """US dollars a month. `before` is 0.00 where nothing was there; None means that nothing of it is known.

    `unknown` are the lines of the new blueprint without an amount: where there are any, `after` is a lower bound.
    """

    before: Decimal | None
    after: Decimal | None
    unknown: tuple[Line, ...]

    @property
    def delta(self) -> Decimal | None:
        """What it becomes dearer by, as far as it is known; None where one side is not."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Recorded:
    """A blueprint as the registry keeps it.

    Its prices stand in it, so that it need not be understood: it may have been written by an older version.
    """

    region: str
    data: Mapping[str, Any]

    @property
    def tags(self) -> Mapping[str, str]:
        """What its resources carry."""
        return dict(self.data["tags"])

    def prices(self) -> Iterator[tuple[str, PriceDimension]]:
        """All that AWS bills, with the kind it is billed for."""
        for each in self.data["prices"]:
            yield each["kind"], PriceDimension(each["key"], each["unit"], each["quantity"])


def of(subject: str, before: Mapping[str, Any] | None, after: Priced) -> CostChange:
    """The change; `before` is the recorded blueprint, None where there was nothing."""
    prices = shelf.packaged()
    wanted = estimate.of(subject, after, prices)
    if before is None:
        return CostChange(NOTHING, wanted.total, wanted.unknown)
    was = estimate.of(subject, Recorded(after.region, before), prices)
    return CostChange(was.total, wanted.total, wanted.unknown)
