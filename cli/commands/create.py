"""`tenant create`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    profile: Annotated[str, typer.Argument(help="A profile's file, or the id in one of the profiles folder.")],
) -> None:
    """Create a tenant. No change where it is there and equal; goes on where an earlier attempt ended."""
    from cli import context, progress, render, shapes, stopping, text
    from operations.lifecycle.create import create

    session = context.of(ctx)
    with stopping.on_signals() as stop, progress.following(f"create {profile}") as listen:
        report = create(session.bundle(stop), profile, listen)
    if session.json:
        render.as_json(shapes.applied(report))
    else:
        render.lines(text.applied(report))
