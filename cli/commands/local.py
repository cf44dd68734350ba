"""`tenant local`: the cloud on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.local_cloud import LocalCloud

app = typer.Typer(no_args_is_help=True, help="The cloud on this machine: start, stop, look at it, make it fail.")
fault_app = typer.Typer(no_args_is_help=True, help="Make calls fail, hang, lose their answer or stay in creating.")
app.add_typer(fault_app, name="fault")


@app.command()
def start(ctx: typer.Context) -> None:
    """Start the local cloud and wait until all of it answers. Harmless when it runs."""
    _cloud(ctx).start(_say)


@app.command()
def stop(ctx: typer.Context) -> None:
    """End every process of the local cloud. All data stays."""
    _tell_ended(_cloud(ctx).stop())


@app.command()
def reset(ctx: typer.Context) -> None:
    """Stop the local cloud and remove everything it keeps: resources, databases, objects, keys."""
    if not (_root(ctx, "yes") or typer.confirm("Remove everything that the local cloud keeps?", err=True)):
        from stacks.errors import BadInput

        raise BadInput("Nothing was removed.", next="Give --yes, or answer yes")
    _tell_ended(_cloud(ctx).reset())


@app.command()
def status(ctx: typer.Context) -> None:
    """Show every part: what is real, emulated, simulated; where it answers, what memory it takes."""
    parts = _cloud(ctx).status()
    if _root(ctx, "output") == "json":
        typer.echo(json.dumps({"parts": [part.to_json() for part in parts]}, indent=2))
        return
    if not parts:
        typer.echo("The local cloud was never started here. Start it: tenant local start")
        return
    cells = ((p.name, p.kind, p.state, p.address, str(p.pid or ""), f"{p.memory_mb:.0f}") for p in parts)
    _table(("part", "kind", "state", "address", "pid", "MB"), cells)


@app.command()
def env(
    ctx: typer.Context,
    form: Annotated[str, typer.Option("--format", help="shell (lines to eval) or json")] = "shell",
) -> None:
    """Print what other tools need: endpoints, credentials, databases, caches. Holds secrets of the local cloud."""
    if form not in ("shell", "json"):
        from stacks.errors import BadInput

        raise BadInput(f"{form} is no format.", next="Use --format shell or --format json")
    found = _cloud(ctx).environment()
    as_json = form == "json" or _root(ctx, "output") == "json"
    typer.echo(json.dumps(found.to_json(), indent=2) if as_json else found.to_shell(), nl=as_json)


@fault_app.command("add")
def fault_add(  # noqa: PLR0913 - one parameter an option of the command line
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="botocore's name of the service: rds, ec2, s3 …")],
    operation: Annotated[str, typer.Argument(help="the operation: CreateDBInstance, PutObject …")],
    error: Annotated[str, typer.Option(help="refuse the call with this AWS error code")] = "",
    hang: Annotated[float, typer.Option(help="seconds before the call is looked at")] = 0.0,
    lose_answer: Annotated[bool, typer.Option("--lose-answer", help="do it, then close without an answer")] = False,
    creating: Annotated[float, typer.Option(help="seconds for which what is made is not available")] = 0.0,
    times: Annotated[int, typer.Option(min=0, help="how often; 0 until cleared")] = 1,
) -> None:
    """Let a call go wrong."""
    from engine.local_cloud import ApiFault

    fault = ApiFault(service, operation, error, hang, lose_answer, creating, times)
    _cloud(ctx).faults.add(fault)
    _say(f"{service} {operation} {fault.effect()}{f', {times} times' if times else ' until cleared'}.")


@fault_app.command("list")
def fault_list(ctx: typer.Context) -> None:
    """Show the faults in force."""
    faults = _cloud(ctx).faults.list()
    if _root(ctx, "output") == "json":
        typer.echo(json.dumps({"faults": [fault.to_json() for fault in faults]}, indent=2))
        return
    cells = ((f.service, f.operation, f.effect(), str(f.times or "until cleared")) for f in faults)
    _table(("service", "operation", "effect", "times"), cells)


@fault_app.command("clear")
def fault_clear(ctx: typer.Context) -> None:
    """Let everything work again."""
    _say(f"{_cloud(ctx).faults.clear()} faults cleared.")


def _cloud(ctx: typer.Context) -> LocalCloud:
    from cli.context import home

    from engine.local_cloud import LocalCloud

    return LocalCloud(home(ctx) / "local-cloud")


def _root(ctx: typer.Context, option: str) -> Any:
    """An option of `tenant` itself."""
    return ctx.find_root().params.get(option)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _tell_ended(ended: tuple[str, ...]) -> None:
    for name in ended:
        typer.echo(f"ended {name}")
    _say(f"{len(ended)} processes ended." if ended else "The local cloud was not running.")


def _table(columns: tuple[str, ...], rows: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
