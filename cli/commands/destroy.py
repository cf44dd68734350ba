"""`tenant destroy`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant's id.")],
    purge: Annotated[bool, typer.Option("--purge", help="Delete buckets, snapshots and the key too.")] = False,
    confirm: Annotated[str, typer.Option(help="For scripts, with --yes: the tenant's id again.")] = "",
) -> None:
    """Destroy a tenant. A final snapshot, its buckets and its key are kept until --purge."""
    from cli import agreeing, context, progress, render, shapes, stopping, text
    from operations.lifecycle import destroy

    session = context.of(ctx)
    with stopping.on_signals() as stop:
        bundle = session.bundle(stop)
        prospect = destroy.prospect(bundle, tenant, purge=purge)
        if prospect.needed:
            agreeing.by_name(session, text.prospect(prospect), tenant, confirm)
        with progress.following(f"destroy {tenant}") as listen:
            report = destroy.destroy(bundle, tenant, purge=purge, listen=listen)
    if session.json:
        render.as_json(shapes.destroyed(report))
    else:
        render.lines(text.destroyed(report))
