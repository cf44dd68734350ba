"""`tenant local`: the cloud on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.local_cloud import LocalCloud

app = typer.Typer(no_args_is_help=True, help="The cloud on this machine: start, stop, look at it, make it fail.")
fault_app = typer.Typer(no_args_is_help=True, help="Make calls fail, hang, lose their answer or stay in creating.")
app.add_typer(fault_app, name="fault")


@app.command()
def start(
    ctx: typer.Context,
    kubernetes_context: Annotated[
        str | None,
        typer.Option(
            help="let EKS clusters be the cluster of this context of your kubeconfig (KUBECONFIG, or ~/.kube/config): "
            "kind, minikube; remembered, and '' ends it"
        ),
    ] = None,
) -> None:
    """Start the local cloud and wait until all of it answers. Harmless when it runs."""
    from cli import render
    from engine.local_cloud.contexts import kubeconfig

    cloud = _cloud(ctx)
    if kubernetes_context is not None:
        cloud.serve_eks_by(kubernetes_context, kubeconfig.paths(os.environ, Path.home()))
    cloud.start(render.say)


@app.command()
def stop(ctx: typer.Context) -> None:
    """End every process of the local cloud. All data stays."""
    _tell_ended(_cloud(ctx).stop())


@app.command()
def reset(ctx: typer.Context) -> None:
    """Stop the local cloud and remove everything it keeps: resources, databases, objects, keys."""
    from cli import agreeing, context

    cloud = _cloud(ctx)
    what = "The local cloud's resources, databases, objects and keys are removed for good."
    agreeing.to(context.of(ctx), (what, *cloud.limits()), "Remove everything that the local cloud keeps?")
    _tell_ended(cloud.reset())


@app.command()
def status(ctx: typer.Context) -> None:
    """Show every part: what is real, emulated, simulated; where it answers, what memory it takes."""
    from cli import context, render

    parts = _cloud(ctx).status()
    if context.of(ctx).json:
        render.as_json({"parts": [part.to_json() for part in parts]})
    elif parts:
        cells = ((p.short, p.kind, p.state, p.address, str(p.pid or ""), f"{p.memory_mb:.0f}") for p in parts)
        render.table(("PART", "KIND", "STATE", "ADDRESS", "PID", "MB"), cells)
    else:
        render.say("The local cloud was never started here. Start it: tenant local start")


@app.command()
def env(
    ctx: typer.Context,
    form: Annotated[str, typer.Option("--format", help="shell (lines to eval) or json")] = "shell",
) -> None:
    """Print what other tools need: endpoints, credentials, databases, caches. Holds secrets of the local cloud."""
    from cli import context, render

    if form not in ("shell", "json"):
        from stacks.errors import BadInput

        raise BadInput(f"{form} is no format.", next="Use `--format shell` or `--format json`.")
    found = _cloud(ctx).environment()
    if form == "json" or context.of(ctx).json:
        render.as_json(found.to_json())
    else:
        render.lines(found.to_shell().splitlines())


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
    from cli import render
    from engine.local_cloud import ApiFault
    from stacks import plural

    fault = ApiFault(service, operation, error, hang, lose_answer, creating, times)
    _cloud(ctx).faults.add(fault)
    render.say(f"{service} {operation} {fault.effect()}, {plural.count(times, 'time') if times else 'until cleared'}.")


@fault_app.command("list")
def fault_list(ctx: typer.Context) -> None:
    """Show the faults in force."""
    from cli import context, render

    faults = _cloud(ctx).faults.list()
    if context.of(ctx).json:
        render.as_json({"faults": [fault.to_json() for fault in faults]})
    else:
        cells = ((f.service, f.operation, f.effect(), str(f.times or "until cleared")) for f in faults)
        render.table(("SERVICE", "OPERATION", "EFFECT", "TIMES"), cells)


@fault_app.command("clear")
def fault_clear(ctx: typer.Context) -> None:
    """Let everything work again."""
    from cli import render
    from stacks import plural

    render.say(f"{plural.count(_cloud(ctx).faults.clear(), 'fault')} cleared.")


def _cloud(ctx: typer.Context) -> LocalCloud:
    from cli.context import home
    from engine.local_cloud import LocalCloud

    return LocalCloud(home(ctx) / "local-cloud")


def _tell_ended(ended: tuple[str, ...]) -> None:
    from cli import render
    from stacks import plural

    render.lines(f"ended {name}" for name in ended)
    render.say(
        f"{plural.count(len(ended), 'process', 'processes')} ended." if ended else "The local cloud was not running."
    )
