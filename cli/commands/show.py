"""`tenant show`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(ctx: typer.Context, tenant: Annotated[str, typer.Argument(help="A tenant's id.")]) -> None:
    """Show a tenant: facts, outputs, how to connect. Secrets are masked."""
    from cli import context, render, shapes, text
    from operations.lifecycle.show import show

    session = context.of(ctx)
    report = show(session.bundle(), tenant)
    if session.json:
        render.as_json(shapes.shown(report))
    else:
        render.lines(text.shown(report))
