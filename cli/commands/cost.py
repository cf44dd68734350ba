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


@app.command()
def tags(
    ctx: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Put missing and wrong tags right. Asks first.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where something is wrong.")
    ] = False,
) -> None:
    """Show what is not tagged as its blueprint says, for every tenant: its cost can't be told."""
    from cli import agreeing, context, render, tag_reports
    from operations.lifecycle.cost_tags import audit, mend

    session = context.of(ctx)
    bundle = session.bundle()
    report = audit(bundle)
    if fix and report.mendable:
        agreeing.to(session, tag_reports.proposed(report), "Put these tags right?")
        report = mend(bundle, report)
    if session.json:
        render.as_json(tag_reports.audited(report))
    else:
        render.lines(tag_reports.told(report))
    if detailed_exitcode and report.faults:
        raise typer.Exit(6)


@app.command(name="tags-activate")
def tags_activate(ctx: typer.Context) -> None:
    """Make the tags columns of the bill: once, by the management account; AWS takes up to a day. Asks first."""
    from cli import agreeing, context, render, tag_reports
    from operations.lifecycle.cost_activation import activate
    from stacks.conventions.tags import KEYS

    session = context.of(ctx)
    what = f"Cost allocation by {', '.join(KEYS)} will be activated for all accounts that this one pays for."
    agreeing.to(session, [what], "Activate them?")
    report = activate(session.bundle())
    if session.json:
        render.as_json(tag_reports.activation(report))
    else:
        render.lines(tag_reports.activated(report))
