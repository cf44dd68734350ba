"""What `tenant cost` says to people, and the lines about cost in a plan. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from operations.cost.change import CostChange
from operations.cost.estimate import Estimate, Gap, Line
from operations.cost.grouping import Group
from operations.lifecycle.cost_offer import Offer

COLUMNS: Final = ("KIND", "DIMENSION", "QUANTITY", "USD EACH", "USD A MONTH", "SURE, AS OF")
GROUP_COLUMNS: Final = ("GROUP", "USD A MONTH", "WITHOUT AN AMOUNT")
_BY_USE: Final = (Gap.USAGE, Gap.BOTH)


def row(one: Line) -> tuple[str, ...]:
    """A line of an estimate; a question mark is what nobody knows."""
    price = one.price
    quantity = f"? {one.unit}" if one.quantity is None else f"{one.quantity:,f} {one.unit}"
    unit_price = f"{price.usd:f}" if price else "?"
    sure = f"{price.confidence}, {price.as_of}" if price else "?"
    return (one.kind, one.dimension, quantity, unit_price, amount(one.monthly), sure)


def group_row(one: Group) -> tuple[str, ...]:
    """A line of an estimate by kind or tag."""
    return (one.value or "(none)", amount(one.total), str(len(one.unknown)) if one.unknown else "")


def aligned(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they need be: names of prices are to be read, and copied, in one piece."""
    every = [head, *rows]
    widths = [max(len(each[column]) for each in every) for column in range(len(head))]
    for each in every:
        cells = (f"{cell:>{width}}" if right else f"{cell:<{width}}" for cell, width, right in _placed(each, widths))
        yield "  ".join(cells).rstrip()


def amount(usd: Decimal | None) -> str:
    """`1,234.50`, or a question mark."""
    return "?" if usd is None else f"{usd:,.2f}"


def summed(name: str, total: Decimal | None, unknown: Iterable[Line]) -> Iterator[str]:
    """`acme: at least $186.49 a month`, and what is not in it."""
    missing = tuple(unknown)
    least = "at least " if missing else ""
    told = "nobody knows what it costs a month" if total is None else f"{least}${total:,.2f} a month"
    yield f"{name}: {told}" + (f"; {_missing(missing)}." if missing else ".")


def heading(one: Estimate) -> str:
    """Whose lines follow."""
    return f"{one.subject} in {one.region}"


def change(report: CostChange) -> Iterator[str]:
    """`cost: $104.00 -> $186.49 a month (+$82.49); not counted: ...`."""
    before, after = (_dollars(each) for each in (report.before, report.after))
    delta = "" if report.delta is None else f" ({_signed(report.delta)})"
    missing = f"; {_missing(report.unknown)}" if report.unknown else ""
    yield f"cost: {before} -> {after} a month{delta}{missing}"


def brief(report: CostChange) -> str:
    """`$104.00 -> $186.49 (+$82.49), at least`, for a cell of a table."""
    delta = "" if report.delta is None else f" ({_signed(report.delta)})"
    least = ", at least" if report.unknown else ""
    return f"{_dollars(report.before)} -> {_dollars(report.after)}{delta}{least}"


def offered(report: Offer) -> Iterator[str]:
    """What a create would make, and what that costs."""
    yield f"{report.subject} is not there yet: it will be made in {report.environment}, {report.region}."
    yield from change(report.cost)


def _placed(row: Sequence[str], widths: Sequence[int]) -> Iterator[tuple[str, int, bool]]:
    """Cells with their widths, and whether they are numbers, which stand to the right."""
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell, width, COLUMNS[column].startswith("USD") if len(row) == len(COLUMNS) else column == 1


def _dollars(usd: Decimal | None) -> str:
    return "unknown" if usd is None else f"${usd:,.2f}"


def _signed(usd: Decimal) -> str:
    return f"{'-' if usd < 0 else '+'}${abs(usd):,.2f}"


def _missing(lines: tuple[Line, ...]) -> str:
    """Prices that are not known by name; what is billed by use as a number only, for there always is some."""
    counted = Counter(line.gap in _BY_USE for line in lines)
    names = sorted({line.dimension for line in lines if line.gap not in _BY_USE})
    told = [f"no price of {', '.join(names)}"] if names else []
    told += [f"{counted[True]} billed by use"] if counted[True] else []
    return f"not counted: {'; '.join(told)}"
