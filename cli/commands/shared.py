"""`tenant shared`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The shared services of a cell: what its tenants stand on.")

Region = Annotated[str, typer.Option(help="Default: the environment's default region.")]
Cell = Annotated[int, typer.Option(help="Number of the cell; default: the region's first.")]


Refresh = Annotated[bool, typer.Option("--refresh", help="Look at the cloud first: drift is part of it.")]


@app.command()
def plan(ctx: typer.Context, region: Region = "", cell: Cell = 0, refresh: Refresh = False) -> None:
    """Show what an apply would change."""
    from cli import context, render, shapes, stopping, text
    from operations.lifecycle import shared

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        report = shared.plan(session.bundle(stop), shared.Place(region or None, cell or None), refresh=refresh)
    if session.json:
        planned = shapes.planned(report)
        render.as_json({"shared": planned.pop("tenant"), **planned})
    else:
        render.lines(text.planned(report))


@app.command()
def apply(ctx: typer.Context, region: Region = "", cell: Cell = 0, refresh: Refresh = False) -> None:
    """Make or change the shared services. Asks before it changes what is there; scripts give --yes."""
    from cli import context, render, shapes, sharing, stopping, text
    from operations.lifecycle.shared import Place

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        report = sharing.apply(session, session.bundle(stop), Place(region or None, cell or None), refresh=refresh)
    if session.json:
        render.as_json(shapes.applied(report, shared=True))
    else:
        render.lines(text.applied(report))


@app.command()
def drift(
    ctx: typer.Context,
    region: Region = "",
    cell: Cell = 0,
    everyone: Annotated[bool, typer.Option("--all", help="Every cell of the environment.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where something differs.")
    ] = False,
) -> None:
    """Show what differs between the recorded state and the cloud, and tables that no policy protects."""
    from cli import context, render, shapes, sharing, stopping, text
    from operations.lifecycle.shared import Place

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        reports = sharing.drift(session.bundle(stop), Place(region or None, cell or None), everyone=everyone)
    if session.json:
        render.as_json(shapes.shared_drift(reports))
    else:
        render.lines(text.drifted(reports))
    if detailed_exitcode and any(report.changes for report in reports):
        raise typer.Exit(6)


@app.command()
def show(ctx: typer.Context, region: Region = "", cell: Cell = 0) -> None:
    """Show the shared services as the registry knows them."""
    from cli import context, render, shapes, text
    from operations.lifecycle import shared

    session = context.of(ctx)
    report = shared.show(session.bundle(), shared.Place(region or None, cell or None))
    if session.json:
        render.as_json(shapes.shared_shown(report))
    else:
        render.lines(text.shown(report))


@app.command()
def destroy(
    ctx: typer.Context,
    region: Region = "",
    cell: Cell = 0,
    purge: Annotated[bool, typer.Option("--purge", help="Delete the audit bucket and the key too.")] = False,
    confirm: Annotated[str, typer.Option(help="For scripts, with --yes: the name that is shown.")] = "",
) -> None:
    """Destroy the shared services. Refused while tenants stand on them."""
    from cli import agreeing, context, progress, render, shapes, stopping, text
    from operations.lifecycle import shared

    session, place = context.of(ctx), shared.Place(region or None, cell or None)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        prospect = shared.prospect(bundle, place, purge=purge)
        if prospect.needed:
            agreeing.by_name(session, text.prospect(prospect), prospect.record.subject, confirm)
        with progress.following("destroy shared services") as listen:
            report = shared.destroy(bundle, place, purge=purge, listen=listen)
    if session.json:
        render.as_json(shapes.destroyed(report, shared=True))
    else:
        render.lines(text.destroyed(report))
