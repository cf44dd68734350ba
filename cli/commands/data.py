"""`tenant data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.shared import Cell, Region

app = typer.Typer(no_args_is_help=True, help="Data that tenants share.")
policies = typer.Typer(no_args_is_help=True, help="Policies that keep the rows of shared tables apart.")
app.add_typer(policies, name="policies")


@app.callback()
def data() -> None:
    """Data that tenants share."""


@app.command()
def pooler(
    ctx: typer.Context,
    region: Region = "",
    cell: Cell = 0,
    out: Annotated[Path | None, typer.Option("--out", help="Write into this file.", metavar="FILE")] = None,
) -> None:
    """Write what PgBouncer is told of a cell's shared databases: pools for each tenant's logins, and no password.

    Reads what is recorded; asks the cloud only whether the databases are there.
    """
    from cli import context, render, shapes, templates
    from operations.lifecycle import pooler, shared

    session = context.of(ctx)
    bundle = session.bundle()
    found = shared.show(bundle, shared.Place(region or None, cell or None)).record
    pools = pooler.pools(bundle, found)
    if session.json:
        render.as_json(shapes.pools(found.subject, pools))
    else:
        render.document(templates.pooler(found.subject, pools), out)


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
