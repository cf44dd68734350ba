"""`tenant tier`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Tiers: how far apart tenants are, per kind of resource.")


@app.command("list")
def list_tiers(ctx: typer.Context) -> None:
    """List the tiers with their versions."""
    from cli import context, render
    from stacks.inputs import tier

    session = context.of(ctx)
    folder = session.settings.tiers
    found = {name: tier.versions(folder, name) for name in tier.names(folder)}
    if session.json:
        render.as_json({"tiers": [{"name": name, "versions": list(have)} for name, have in found.items()]})
    else:
        render.table(("TIER", "VERSIONS"), ((name, ", ".join(map(str, have))) for name, have in found.items()))


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A tier.", metavar="TIER")],
    version: Annotated[int, typer.Option(help="Default: the newest.")] = 0,
) -> None:
    """Show a tier: isolation and sizes per kind of resource, quotas, guardrails."""
    from cli import context, outline, render
    from stacks.inputs import tier

    session = context.of(ctx)
    found = tier.load_version(session.settings.tiers, name, version or None)
    data = found.model_dump(mode="json", by_alias=True)
    if session.json:
        render.as_json(data)
    else:
        render.lines(outline.yaml(data))
