"""What a plan changes in the monthly cost: the blueprint that was ordered before, and the one that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from operations.cost import estimate, shelf
from operations.cost.estimate import NOTHING, Line, Priced


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


def of(subject: str, before: Priced | None, after: Priced) -> CostChange:
    """The change; `before` is None where there was nothing."""
    prices = shelf.packaged()
    wanted = estimate.of(subject, after, prices)
    was = NOTHING if before is None else estimate.of(subject, before, prices).total
    return CostChange(was, wanted.total, wanted.unknown)
