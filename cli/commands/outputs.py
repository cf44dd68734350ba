"""`tenant outputs`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(ctx: typer.Context, tenant: Annotated[str, typer.Argument(help="A tenant's id.")]) -> None:
    """Print a tenant's outputs, one a line. Secrets are masked."""
    from cli import context, render, shapes
    from operations.lifecycle.show import outputs

    session = context.of(ctx)
    plain = shapes.outputs(outputs(session.bundle(), tenant))
    if session.json:
        render.as_json({"outputs": plain})
    else:
        render.lines(f"{name}={value}" for name, value in plain.items())
