"""`tenant profile`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.forms import Checks

app = typer.Typer(no_args_is_help=True, help="Profiles: what platform engineers write to get a tenant.")


@app.command()
def init(
    ctx: typer.Context,
    tenant: Annotated[str, typer.Argument(help="The new tenant's id.", metavar="ID")],
    tier: Annotated[str, typer.Option(help="Its tier; default: the highest.")] = "",
) -> None:
    """Write a new profile to edit, in the profiles folder."""
    from cli import context, profiles, render

    session = context.of(ctx)
    file = profiles.write_new(session.settings, tenant, tier)
    if session.json:
        render.as_json({"file": str(file)})
    else:
        render.lines([str(file)])
        render.say(f"Edit it, then: tenant profile validate {file}, tenant create {file}")


@app.command()
def validate(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Profiles, or folders of them; default: the profiles folder.")
    ] = None,
    form: Annotated[Checks, typer.Option("--format", help="How it is written.")] = Checks.TEXT,
    to: Annotated[Path | None, typer.Option(help="Write it into this file instead of on stdout.")] = None,
) -> None:
    """Check profiles: every fault of every file, with its place, and what stands against it in the registry."""
    from cli import context, profiles, render

    session = context.of(ctx)
    how = Checks.JSON if session.json else form
    checked = profiles.check(session, files or [session.settings.profiles])
    if how is Checks.JSON:
        profiles.refuse(checked)
    render.document(profiles.document(checked, how), to)
    profiles.refuse(checked)


@app.command()
def show(
    ctx: typer.Context,
    named: Annotated[str, typer.Argument(help="A profile's file, or a tenant's id.", metavar="PROFILE|TENANT")],
) -> None:
    """Show a profile with everything that it leaves to its tier and size."""
    from cli import context, profiles, render

    session = context.of(ctx)
    blueprint = profiles.resolved(session, named)
    if session.json:
        render.as_json(blueprint)
    else:
        render.lines(profiles.outline(blueprint))


@app.command()
def schema() -> None:
    """Print the JSON Schema of profiles, for editors."""
    from cli import render
    from stacks.inputs import schema as schemas
    from stacks.inputs.profile import Profile

    render.lines([schemas.render(Profile)])
