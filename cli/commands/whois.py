"""`tenant whois`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context, name: Annotated[str, typer.Argument(help="A cloud name, an ARN, a stack or a slug.")]
) -> None:
    """Say whose a cloud name is. Names carry no tenant's id, on purpose."""
    from cli import context, render, shapes, text
    from operations.lifecycle.whois import whois

    session = context.of(ctx)
    report = whois(session.bundle(), name)
    if session.json:
        render.as_json(shapes.whois(report))
    else:
        render.lines(text.whois(report))
