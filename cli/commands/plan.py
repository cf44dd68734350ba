"""`tenant plan`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")],
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where there are changes.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Look at the cloud first: drift is part of the plan.")
    ] = False,
) -> None:
    """Show what an apply would change. Changes nothing and waits for nobody."""
    from cli import context, render, shapes, stopping, text
    from operations.lifecycle.plan import plan
    from operations.lifecycle.status import at_work

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        report = plan(bundle, tenant, refresh=refresh)
        if (lease := at_work(bundle, report.subject)) is not None:
            render.say(f"{report.subject}: {text.at_work(lease)}; what is planned here may be old when that ends")
    if session.json:
        render.as_json(shapes.planned(report))
    else:
        render.lines(text.planned(report))
    if detailed_exitcode and report.run.pending:
        raise typer.Exit(6)
