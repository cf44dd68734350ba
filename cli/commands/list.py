"""`tenant list`."""

from __future__ import annotations

import typer


def command(ctx: typer.Context) -> None:
    """List the tenants of the environment. Reads the registry only."""
    from cli import context, render, shapes, text
    from operations.lifecycle.listing import listing

    session = context.of(ctx)
    records = listing(session.bundle())
    if session.json:
        render.as_json(shapes.listing(records))
    elif records:
        render.table(text.TENANT_COLUMNS, map(text.tenant_row, records))
    else:
        render.say(f"There are no tenants in environment {session.options.env}.")
