"""`tenant plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.forms import Plans


def command(  # noqa: PLR0913 - one parameter an option of the command line
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id, or a profile's file.", metavar="PROFILE|TENANT")] = "",
    changed_since: Annotated[
        str,
        typer.Option(help="Plan all that was edited since this git revision: profiles, their tiers, the environment."),
    ] = "",
    save: Annotated[
        Path | None,
        typer.Option(help="Keep the plan in a signed file, for `tenant apply --plan`; of several, a folder of them."),
    ] = None,
    good_for: Annotated[int, typer.Option(min=1, max=720, help="Hours until a saved plan expires.")] = 24,
    form: Annotated[Plans, typer.Option("--format", help="How it is written.")] = Plans.TEXT,
    to: Annotated[Path | None, typer.Option(help="Write it into this file instead of on stdout.")] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where there are changes.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Look at the cloud first: drift is part of the plan.")
    ] = False,
) -> None:
    """Show what an apply would change. Changes nothing and waits for nobody."""
    from cli import context, planning, stopping
    from cli.planning import Wish

    session = context.of(ctx)
    how = Plans.JSON if session.json else form
    wish = Wish(tenant=tenant, since=changed_since, refresh=refresh, save=save, hours=good_for, form=how, to=to)
    wish.check()
    with stopping.on_signals() as stop:
        pending = planning.carry_out(session.bundle(stop), wish)
    if detailed_exitcode and pending:
        raise typer.Exit(6)
