"""Estimates on stdout, in the form that was asked for."""

from __future__ import annotations

import sys

from cli import cost_shapes, cost_sheets, cost_text, render
from operations.cost import estimate, grouping
from operations.cost.grouping import Group
from operations.lifecycle.cost_estimate import Estimated


def show(report: Estimated, by: str, form: str) -> None:
    """Write an estimate; `by` groups it. Raises BadInput for a group that there is not."""
    groups = grouping.by(report.tenants, by) if by else None
    match form:
        case "json":
            render.as_json(cost_shapes.estimated(report, groups))
        case "csv":
            sys.stdout.write(cost_sheets.lines(report) if groups is None else cost_sheets.groups(groups))
        case "markdown":
            found = cost_sheets.markdown(report) if groups is None else cost_sheets.markdown_groups(groups)
            render.lines(found)
        case _:
            _text(report, groups)


def _text(report: Estimated, groups: tuple[Group, ...] | None) -> None:
    if groups is None:
        for one in report.tenants:
            render.lines([cost_text.heading(one)])
            render.lines(cost_text.aligned(cost_text.COLUMNS, map(cost_text.row, one.lines)))
            render.lines([*cost_text.summed(one.subject, one.total, one.unknown), ""])
    else:
        render.lines(cost_text.aligned(cost_text.GROUP_COLUMNS, map(cost_text.group_row, groups)))
    lines = [each for one in report.tenants for each in one.lines]
    if groups is not None or len(report.tenants) > 1:
        missing = estimate.unknown(lines)
        render.lines(cost_text.summed("all tenants", estimate.total(lines), missing))
    render.lines(["", "Shared services, not part of any tenant's cost:"])
    for one in report.shared:
        render.lines(cost_text.summed(one.subject, one.total, one.unknown))
