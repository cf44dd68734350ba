"""Shows commands as they run: a caption, the prompt, what the command says, how long it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.desk import CHECKOUT, Desk
from demo.proofs import Proof

_TENANT = CHECKOUT / ".venv" / "bin" / "tenant"
_WIDTH = 100
_LINES_OF_LOG = 25


class CommandFailed(Exception):
    """A command ended with `code`; the demo stops there."""

    def __init__(self, command: str, code: int, said: str = "") -> None:
        super().__init__(command)
        self.command, self.code, self.said = command, code, said


class Stage:
    """The terminal, or the log of a build."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False, soft_wrap=True)
        self._variables = os.environ | {"TENANT_HOME": str(desk.home), "TENANT_PROFILES": str(desk.profiles)}
        self._variables.pop("PYTHONDONTWRITEBYTECODE", None)  # the SDKs are large: compiled once, not by every command

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self._console.print()
        self._console.rule(f"[bold]{title}", align="left", style="cyan")

    def caption(self, text: str) -> None:
        """A sentence between commands."""
        self._console.print(Text(text, style="dim"))

    def edit(self, file: Path, changes: list[tuple[str, str]]) -> None:
        """An edit of a file, as a difference."""
        self._console.print(Text.assemble("\n", ("~ ", "bold green"), (f"edit {_short(file)}", "bold")))
        for before, after in changes:
            self._console.print(Text(f"  - {before}", style="red"))
            self._console.print(Text(f"  + {after}", style="green"))

    def run(self, *arguments: str | Path, expected: int = 0) -> None:
        """Run `tenant` and show it. Progress is shown on a terminal, else kept in a log.

        Raises CommandFailed where it ends with another code than expected.
        """
        shown = " ".join(["tenant", *(_short(argument) for argument in arguments)])
        self._console.print(Text.assemble("\n", ("$ ", "bold green"), (shown, "bold")))
        begun = time.monotonic()
        code, said = self._live(arguments) if sys.stderr.isatty() else self._logged(arguments)
        if code != expected:
            raise CommandFailed(shown, code, said)
        self._console.print(Text(f"({time.monotonic() - begun:.1f} s)", style="dim"))

    def ask(self, *arguments: str) -> Any:
        """What `tenant … --output json` answers, without showing it. Raises CommandFailed."""
        found = subprocess.run(
            [_TENANT, *arguments], env=self._variables, cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        if found.returncode:
            raise CommandFailed(" ".join(["tenant", *arguments]), found.returncode, found.stderr)
        return json.loads(found.stdout)

    def proofs(self, title: str, proofs: list[Proof]) -> None:
        """A table of what was tried and what came of it. Raises CommandFailed where one does not hold."""
        table = Table("", "who", "tries", "answer", title=title, title_justify="left", title_style="", box=None)
        for proof in proofs:
            table.add_row("ok" if proof.held else "NO", proof.who, proof.tries, Text(proof.answer))
        self._console.print()
        self._console.print(table)
        if broken := [proof for proof in proofs if not proof.held]:
            raise CommandFailed(title, 7, "\n".join(f"{each.who} {each.tries}: {each.answer}" for each in broken))

    def failed(self, failure: CommandFailed) -> None:
        """Say which command failed and what to do."""
        if failure.said:
            self._console.print(Text(failure.said.rstrip()))
        self._console.print(
            Text(f"\n`{failure.command}` ended with {failure.code}; the demo stops here.", style="bold")
        )
        self._console.print(
            "`make demo` again goes on from what is recorded. `make demo-down` ends everything it started."
        )
        self._console.print(Text(f"Logs: {_short(self._desk.log)}, {_short(self._desk.home)}/local-cloud", style="dim"))

    def _live(self, arguments: tuple[str | Path, ...]) -> tuple[int, str]:
        return subprocess.run([_TENANT, *arguments], env=self._variables, cwd=CHECKOUT, check=False).returncode, ""

    def _logged(self, arguments: tuple[str | Path, ...]) -> tuple[int, str]:
        self._desk.log.parent.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        with self._desk.log.open("a+", encoding="utf-8") as log:
            begin = log.tell()
            code = subprocess.run(
                [_TENANT, *arguments], env=self._variables, cwd=CHECKOUT, stderr=log, check=False
            ).returncode
            log.seek(begin)
            return code, "\n".join(log.read().splitlines()[-_LINES_OF_LOG:])


def _short(argument: str | Path) -> str:
    """Paths of the checkout as one would type them there."""
    if isinstance(argument, Path) and argument.is_relative_to(CHECKOUT):
        return str(argument.relative_to(CHECKOUT))
    return str(argument)
