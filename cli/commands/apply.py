"""`tenant apply`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")],
    refresh: Annotated[bool, typer.Option("--refresh", help="Look at the cloud first: drift is taken back.")] = False,
) -> None:
    """Make a tenant what its profile says. Asks first; scripts give --yes."""
    from cli import agreeing, context, progress, render, shapes, stopping, text
    from operations.lifecycle.apply import apply
    from operations.lifecycle.plan import plan

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        base = None if session.options.yes else plan(bundle, tenant, refresh=refresh)
        if base is not None and base.run.pending:
            agreeing.to(session, text.planned(base), "Apply this?")
        with progress.following(f"apply {tenant}") as listen:
            report = apply(bundle, tenant, base, listen, refresh=refresh)
    if session.json:
        render.as_json(shapes.applied(report))
    else:
        render.lines(text.applied(report))
