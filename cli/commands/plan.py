"""`tenant plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")],
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the plan in a signed file, for `tenant apply --plan`.")
    ] = None,
    good_for: Annotated[int, typer.Option("--good-for", min=1, max=720, help="Hours until a saved plan expires.")] = 24,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where there are changes.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Look at the cloud first: drift is part of the plan.")
    ] = False,
) -> None:
    """Show what an apply would change. Changes nothing and waits for nobody."""
    from cli import context, planning, stopping
    from cli.planning import Keeping

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        keeping = Keeping(save, good_for) if save else None
        report = planning.one(session, session.bundle(stop), tenant, keeping, refresh=refresh)
    if detailed_exitcode and report.run.pending:
        raise typer.Exit(6)
