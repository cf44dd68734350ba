"""`tenant apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")] = "",
    plan: Annotated[
        Path | None, typer.Option("--plan", help="A plan that `tenant plan --save` wrote: just that, or nothing.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Look at the cloud first: drift is taken back.")] = False,
) -> None:
    """Make a tenant what its profile, or a saved plan, says. Asks first; scripts give --yes."""
    from cli import applying, context, render, shapes, stopping, text

    session = context.of(ctx)
    applying.check(tenant, plan, refresh=refresh)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        if plan is not None:
            report = applying.saved(session, bundle, plan)
        else:
            report = applying.profile(session, bundle, tenant, refresh=refresh)
    if session.json:
        render.as_json(shapes.applied(report))
    else:
        render.lines(text.applied(report))
