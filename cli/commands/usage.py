"""`tenant usage`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What tenants use of what they have by the month.")


@app.callback()
def usage() -> None:
    """What tenants use of what they have by the month."""


@app.command()
def record(
    ctx: typer.Context,
    tenants: Annotated[list[str] | None, typer.Argument(help="Tenants' ids.", metavar="TENANT")] = None,
    every: Annotated[bool, typer.Option("--all", help="All tenants of the environment.")] = False,
) -> None:
    """Sample the GPUs that pods hold, write them down, and let no new ones in where the month's hours are spent.

    Objects in buckets that tenants share are measured too, and CloudWatch told, so that alarms on them sound.

    To be run again and again, by a cron job or a pipeline: what begins and ends between two runs may be missed.
    """
    from cli import context, metering, stopping
    from operations.lifecycle import usage as metered

    session = context.of(ctx)
    chosen = metering.chosen(tenants or (), every=every)
    with stopping.on_signals() as stop:
        metering.tell(session, metered.record(session.bundle(stop), chosen))


@app.command()
def show(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id.")],
    month: Annotated[str, typer.Option(help="A month, as 2026-11; default: this one.", metavar="MONTH")] = "",
) -> None:
    """What is written down of a month. Asks no cloud."""
    from cli import context, metering
    from operations.lifecycle import usage as metered
    from operations.usage import month as months

    session = context.of(ctx)
    wanted = months.parse(month) if month else None
    metering.tell(session, [metered.show(session.bundle(), tenant, wanted)])
