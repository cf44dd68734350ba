"""`tenant drift`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Every tenant of the environment.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 6 where something differs.")
    ] = False,
) -> None:
    """Show what differs between the recorded state and the cloud. Changes nothing."""
    from cli import context, render, shapes, stopping, text
    from operations.lifecycle import drift
    from stacks.errors import BadInput

    session = context.of(ctx)
    if bool(tenant) == everyone:
        raise BadInput("It is not clear whose drift is meant.", next="Name one tenant, or say --all.")
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        reports = drift.drift_of_all(bundle) if everyone else drift.drift(bundle, tenant)
    if session.json:
        render.as_json(shapes.drift(reports))
    else:
        render.lines(text.drifted(reports))
    if detailed_exitcode and any(report.changes for report in reports):
        raise typer.Exit(6)
