"""`tenant`: the command line.

Commands are the modules of `cli.commands`: one with a function `command` is a command of its own name, one with a
Typer `app` is a group. Nothing slow is imported here; each body imports what it uses.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from cli import commands
from cli.context import Form, Options, Session, Wiring
from cli.root import Root

app = typer.Typer(
    cls=Root,
    name="tenant",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Dedicated cloud stacks per tenant: create, change, move, prove and destroy them without fear.",
    epilog="Global options may also stand after the command. Results are on stdout, progress and errors on stderr.",
)

_PROFILES = Path("tenant_templates/profiles")


def _tell_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import version

    sys.stdout.write(f"tenant {version('tenant-stacks')}\n")
    raise typer.Exit


@app.callback()
def options(  # noqa: PLR0913 - one parameter an option of the command line
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="TENANT_HOME", help="Where everything is kept; default: the user's data folder."),
    ] = None,
    env: Annotated[str, typer.Option(envvar="TENANT_ENV", help="Name of the environment.")] = "local",
    profiles: Annotated[Path, typer.Option(envvar="TENANT_PROFILES", help="Folder of the profiles.")] = _PROFILES,
    output: Annotated[Form, typer.Option(envvar="TENANT_OUTPUT", help="Form of results.")] = Form.TEXT,
    engine: Annotated[
        str, typer.Option(envvar="TENANT_ENGINE", help="embedded or pulumi. Default: what the environment says.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", envvar="TENANT_YES", help="Do not ask.")] = False,
    debug: Annotated[bool, typer.Option("--debug", envvar="TENANT_DEBUG", help="Add the trace to errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of every command."""
    wiring = ctx.obj if isinstance(ctx.obj, Wiring) else Wiring()
    ctx.obj = Session(Options(home, env, profiles, output, engine, yes, debug), wiring)


def _discover() -> None:
    for found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{commands.__name__}.{found.name}")
        if hasattr(module, "command"):
            app.command(found.name)(module.command)
        else:
            app.add_typer(module.app, name=found.name)


_discover()

_COLLECTED: Final = (200_000, 100, 100)
"""How much is made before the collector looks, by generation; Python's own is (700, 10, 10)."""


def main() -> None:
    """The entry point.

    A command is a short process that imports two large SDKs; looking for garbage in their classes, again and again, is
    a quarter of its CPU.
    """
    gc.set_threshold(*_COLLECTED)
    try:
        app(prog_name="tenant")
    except SystemExit as end:
        _leave(end.code)


def _leave(code: str | int | None) -> NoReturn:
    """End at once. Everything is done and on disk, and threads of gRPC and of the SDKs are still there: under them the
    interpreter's own end may be a segmentation fault, and a command that has succeeded would look as if it had not.
    """
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # what was to be closed at the end
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
