"""`tenant data`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Data that tenants share.")
policies = typer.Typer(no_args_is_help=True, help="Policies that keep the rows of shared tables apart.")
app.add_typer(policies, name="policies")


@app.callback()
def data() -> None:
    """Data that tenants share."""


@policies.callback()
def _policies() -> None:  # pyright: ignore[reportUnusedFunction]  # Typer keeps it: a group of one command is a group
    """Policies that keep the rows of shared tables apart."""


@policies.command()
def apply(ctx: typer.Context, tenant: str = typer.Argument(help="A tenant whose tables are shared.")) -> None:
    """Protect every table that the tenant shares, also those that a migration has added since.

    The cell's shared services are looked at and put right as a whole; what would change is shown first.
    """
    from cli import context, render, shapes, sharing, stopping, text
    from operations.lifecycle import data_policies
    from operations.lifecycle.shared import Place

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        pool = data_policies.pool(bundle, tenant)
        applied = sharing.apply(session, bundle, Place(pool.region, pool.cell), refresh=True)
    found = data_policies.tables(bundle, pool, applied.record.stack)
    if session.json:
        render.as_json(shapes.tables(found))
    else:
        render.lines(text.tables(found))
    if found.unprotected or found.exposed:
        raise typer.Exit(7)
