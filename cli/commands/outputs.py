"""`tenant outputs`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Blueprint, facts, digest and phase too; JSON always has them.")
    ] = False,
) -> None:
    """Print a tenant's outputs, one a line. Secrets are masked."""
    from cli import context, render, shapes
    from cli import text as words
    from operations.lifecycle.show import outputs

    session = context.of(ctx)
    plain = shapes.outputs(outputs(session.bundle(), tenant))
    if session.json:
        render.as_json({"outputs": plain})
    else:
        shown = {name: value for name, value in plain.items() if everything or name not in words.INNER}
        render.lines(f"{name}={_value(value)}" for name, value in shown.items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
