"""`tenant create`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")],
) -> None:
    """Create a tenant, and say what it costs first; a terminal is asked. No change where it is there and equal."""
    from cli import agreeing, context, cost_text, orphans, progress, render, shapes, stopping, text
    from operations.lifecycle.cost_offer import offer
    from operations.lifecycle.create import create

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        if (offered := offer(bundle, tenant)) is not None:
            orphans.tell_beside(bundle, tenant)
            agreeing.to_offer(session, cost_text.offered(offered), "Create it?")
        with progress.following(f"create {tenant}") as listen:
            report = create(bundle, tenant, listen)
    if session.json:
        render.as_json(shapes.applied(report))
    else:
        render.lines(text.applied(report))
