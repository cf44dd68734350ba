"""How the tool starts: fast, importing nothing that a help text does not need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer.main
from typer.core import TyperCommand
from typer.testing import CliRunner

from cli.app import app

SLOW = ("pulumi", "boto3", "botocore", "grpc", "sqlalchemy", "moto", "alembic", "psycopg")

ALL_HELPS = """
import contextlib, io, json, sys
import typer.main
from cli.app import app

def walk(command, path):
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, [*path, name])

root = typer.main.get_command(app)
for path in walk(root, []):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            root.main([*path, "--help"], prog_name="tenant")
        except SystemExit as end:
            assert end.code == 0, (path, end.code)
    assert "Usage" in out.getvalue(), path
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_no_help_imports_what_is_slow() -> None:
    answer = subprocess.run([sys.executable, "-c", ALL_HELPS], capture_output=True, text=True, check=True)
    imported = set(json.loads(answer.stdout.splitlines()[-1]))
    assert not imported & set(SLOW)


def test_the_package_runs_as_a_module() -> None:
    answer = subprocess.run([sys.executable, "-m", "cli", "--help"], capture_output=True, text=True, check=True)
    assert "create" in answer.stdout


def commands() -> list[tuple[str, TyperCommand]]:
    found: list[tuple[str, TyperCommand]] = []

    def walk(command: object, path: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append((path.strip(), command))  # pyright: ignore[reportArgumentType] -- a leaf is a command
            return
        for name, one in inner.items():
            walk(one, f"{path} {name}")

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize(("path", "command"), commands(), ids=lambda one: one if isinstance(one, str) else "")
def test_every_command_says_what_it_does(path: str, command: TyperCommand) -> None:
    assert command.help
    assert command.help.rstrip().endswith(".")


@pytest.mark.parametrize(("path", "command"), commands(), ids=lambda one: one if isinstance(one, str) else "")
def test_no_flag_is_shown_as_if_it_took_a_value(path: str, command: TyperCommand) -> None:
    shown = CliRunner().invoke(app, [*path.split(), "--help"])
    assert shown.exit_code == 0
    assert "<bool>" not in shown.stdout


def test_every_command_of_the_first_round_is_there() -> None:
    assert {path for path, _ in commands()} >= {
        "apply",
        "create",
        "destroy",
        "drift",
        "env list",
        "env show",
        "list",
        "outputs",
        "plan",
        "profile init",
        "profile schema",
        "profile show",
        "profile validate",
        "registry rebuild",
        "shared apply",
        "shared destroy",
        "shared plan",
        "shared show",
        "show",
        "status",
        "tier list",
        "tier show",
        "whois",
    }
