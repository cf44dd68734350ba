"""Estimates as CSV for spreadsheets and as Markdown for pull requests. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cli import cost_shapes, cost_text
from operations.cost.estimate import Estimate, Line
from operations.cost.grouping import Group
from operations.lifecycle.cost_estimate import Estimated

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
HEAD: Final = (
    "scope",
    "tenant",
    "kind",
    "dimension",
    "unit",
    "quantity",
    "unit_price",
    "monthly",
    "currency",
    "why_unknown",
    "as_of",
    "confidence",
    "source",
)
GROUP_HEAD: Final = ("scope", "group", "monthly", "currency", "without_amount")


def lines(report: Estimated) -> str:
    """Every line as CSV; an unknown amount is an empty cell. Shared services have the scope `shared`."""
    scoped = (("tenant", report.tenants), ("shared", report.shared))
    return _csv(HEAD, (_cells(scope, each) for scope, found in scoped for one in found for each in one.lines))


def groups(found: Iterable[Group]) -> str:
    """Groups as CSV."""
    rows = (("tenant", each.value, cost_shapes.money(each.total), "USD", len(each.unknown)) for each in found)
    return _csv(GROUP_HEAD, rows)


def markdown(report: Estimated) -> Iterator[str]:
    """A table for each tenant and for each cell's shared services."""
    for one in (*report.tenants, *report.shared):
        shared = ", shared services: not part of a tenant's cost" if one in report.shared else ""
        yield f"### {cost_text.heading(one)}{shared}"
        yield ""
        yield from _markdown(cost_text.COLUMNS, map(cost_text.row, one.lines))
        yield ""
        yield from _total(one)
        yield ""


def markdown_groups(found: Iterable[Group]) -> Iterator[str]:
    """Groups as a table."""
    yield from _markdown(cost_text.GROUP_COLUMNS, map(cost_text.group_row, found))


def _total(one: Estimate) -> Iterator[str]:
    yield from (f"**{line}**" for line in cost_text.summed(one.subject, one.total, one.unknown))


def _cells(scope: str, one: Line) -> tuple[Any, ...]:
    told = cost_shapes.line(one) | {"scope": scope, "currency": "USD", "why_unknown": one.gap.value if one.gap else ""}
    return tuple(told[name] for name in HEAD)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted: values of tags are anybody's."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
