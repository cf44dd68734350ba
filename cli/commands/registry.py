"""`tenant registry`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="The records of tenants, shared services and runs.")


@app.callback()
def registry() -> None:
    """The records of tenants, shared services and runs."""


@app.command()
def rebuild(ctx: typer.Context) -> None:
    """Restore records that were lost, from the states of the stacks and their tags."""
    from cli import context, render, shapes
    from operations.lifecycle.rebuild import rebuild as restore

    session = context.of(ctx)
    reports = restore(session.bundle())
    if session.json:
        render.as_json(shapes.rebuilt(reports))
    elif reports:
        render.table(("STACK", "SUBJECT", "RESULT"), ((r.stack, r.subject, r.result) for r in reports))
    else:
        render.say("There are no stacks in this environment's states.")
