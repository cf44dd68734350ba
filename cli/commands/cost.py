"""`tenant cost`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What tenants cost, and whose cost can be told by its tags.")


class Sheet(StrEnum):
    """How an estimate is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


@app.callback()
def cost() -> None:
    """What tenants cost, and whose cost can be told by its tags."""


@app.command()
def estimate(
    ctx: typer.Context,
    tenants: Annotated[list[str], typer.Argument(help="Tenants' ids, or profiles' files.", metavar="PROFILE|TENANT")],
    by: Annotated[str, typer.Option(help="Sum up by kind, by tag (who pays), or by tag:KEY.")] = "",
    form: Annotated[Sheet, typer.Option("--format", help="How it is written.")] = Sheet.TEXT,
) -> None:
    """Estimate what tenants cost a month, from their profiles alone; shared services apart. Needs no cloud."""
    from cli import context, costing
    from operations.lifecycle.cost_estimate import estimates

    session = context.of(ctx)
    report = estimates(session.bundle(), tenants)
    costing.show(report, by, "json" if session.json else form.value)
