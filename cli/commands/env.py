"""`tenant env`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Environments: accounts, regions, engines.")


@app.command("list")
def list_environments(ctx: typer.Context) -> None:
    """List the environments, by the names that --env takes."""
    from cli import context, render, shapes, text
    from stacks.inputs import environment

    session = context.of(ctx)
    folder = session.settings.environments
    found = [(name, environment.load(folder / f"{name}.yaml")) for name in environment.names(folder)]
    if session.json:
        render.as_json({"environments": [shapes.environment(name, one) for name, one in found]})
    else:
        render.table(text.ENVIRONMENT_COLUMNS, (text.environment_row(name, one) for name, one in found))


@app.command()
def show(
    ctx: typer.Context, name: Annotated[str, typer.Argument(help="Default: the chosen one.", metavar="NAME")] = ""
) -> None:
    """Show an environment with everything that its file leaves to defaults."""
    from dataclasses import replace

    from cli import context, outline, render
    from operations import compose

    session = context.of(ctx)
    settings = session.settings
    found = compose.find_environment(replace(settings, environment=name or settings.environment))
    data = found.model_dump(mode="json", by_alias=True)
    if session.json:
        render.as_json(data)
    else:
        render.lines(outline.yaml(data))


@app.command()
def policy(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Default: the chosen one.", metavar="NAME")] = "",
    into: Annotated[
        Path | None,
        typer.Option(help="Write it in parts that managed policies hold, and print their files.", metavar="DIR"),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="A region more, that only copies of backups go to.", metavar="REGION")
    ] = None,
) -> None:
    """Print the IAM policy that the deployer of an environment needs, and no more."""
    from dataclasses import replace

    from cli import context, policies, render
    from operations import compose, deployer_policy

    session = context.of(ctx)
    found = compose.find_environment(replace(session.settings, environment=name or session.settings.environment))
    made = deployer_policy.of(found, region or ())
    written = policies.write(made, into) if into is not None else ()
    if session.json:
        render.as_json(policies.shape(found, made))
    else:
        render.document(render.joined(map(str, written)) if written else policies.text(made), None)
        policies.notes(made)
