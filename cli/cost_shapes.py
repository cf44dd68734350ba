"""What `tenant cost` writes as JSON, by the schemas of docs/reference/json. Pure.

Money is text with two decimals: JSON numbers are floats to most readers, and a float is no sum of cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from operations.cost.change import CostChange
from operations.cost.estimate import Estimate, Line
from operations.cost.estimate import total as total_of
from operations.cost.grouping import Group
from operations.lifecycle.cost_estimate import Estimated


def estimated(report: Estimated, groups: tuple[Group, ...] | None) -> dict[str, Any]:
    """`tenant cost estimate`; `groups` None where nobody asked for any."""
    lines = [each for one in report.tenants for each in one.lines]
    told = {
        "currency": "USD",
        "tenants": [_subject(one) for one in report.tenants],
        **_sum(lines),
        "shared": [_subject(one) | _sum(one.lines) for one in report.shared],
    }
    if groups is None:
        return told
    grouped = [{"value": group.value, **_brief(group.lines)} for group in groups]
    return told | {"groups": grouped}


def change(report: CostChange) -> dict[str, Any]:
    """The `cost` of a plan."""
    return {
        "monthly_before": money(report.before),
        "monthly_after": money(report.after),
        "delta": money(report.delta),
        "lower_bound": bool(report.unknown),
        "unknown": [_gap(each) for each in report.unknown],
    }


def line(one: Line) -> dict[str, Any]:
    """One thing that AWS bills."""
    price = one.price
    return {
        "tenant": one.tenant,
        "kind": one.kind,
        "dimension": one.dimension,
        "unit": one.unit,
        "quantity": number(one.quantity),
        "unit_price": number(price.usd) if price else None,
        "monthly": money(one.monthly),
        "source": price.source if price else None,
        "as_of": price.as_of if price else None,
        "confidence": price.confidence.value if price else None,
    }


def money(amount: Decimal | None) -> str | None:
    """US dollars with two decimals; None stays None."""
    return None if amount is None else f"{amount:.2f}"


def number(amount: Decimal | None) -> str | None:
    """A quantity or a price of a unit, all its digits and no exponent."""
    return None if amount is None else f"{amount:f}"


def _subject(one: Estimate) -> dict[str, Any]:
    return {"name": one.subject, "region": one.region, **_brief(one.lines)}


def _brief(lines: Iterable[Line]) -> dict[str, Any]:
    every = tuple(lines)
    return {"total": money(total_of(every)), "lower_bound": any(each.gap for each in every)}


def _sum(lines: Iterable[Line]) -> dict[str, Any]:
    every = tuple(lines)
    gaps = [{"tenant": each.tenant, **_gap(each)} for each in every if each.gap]
    return {"lines": [line(each) for each in every], **_brief(every), "unknown": gaps}


def _gap(one: Line) -> dict[str, Any]:
    return {"kind": one.kind, "dimension": one.dimension, "why": one.gap.value if one.gap else ""}
