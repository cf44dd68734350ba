"""`tenant status`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(ctx: typer.Context, tenant: Annotated[str, typer.Argument(help="A tenant's id.")]) -> None:
    """Show where a tenant stands: who is at work on it, and how its last runs ended."""
    from cli import context, render, shapes, text
    from operations.lifecycle.status import status

    session = context.of(ctx)
    report = status(session.bundle(), tenant)
    if session.json:
        render.as_json(shapes.standing(report))
    else:
        render.lines(text.standing(report))
