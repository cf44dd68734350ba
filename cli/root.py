"""The root command: global options anywhere on the line, and the boundary around everything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import typer
from typer.core import TyperGroup

from cli import errors

_WITH_VALUE: Final = frozenset({"--home", "--env", "--profiles", "--output", "--engine"})
_FLAGS: Final = frozenset({"--yes", "--debug"})


@dataclass(frozen=True, slots=True)
class Line:
    """A command line with the options of `tenant` itself set apart from the rest."""

    options: tuple[str, ...]
    rest: tuple[str, ...]

    def value(self, option: str) -> str:
        """The last value of a global option, or of its environment variable, or nothing."""
        return self.said(option) or os.environ.get(f"TENANT_{option.lstrip('-').upper()}", "")

    def said(self, option: str) -> str:
        """The last value of a global option on the line itself, or nothing."""
        found = ""
        for position, here in enumerate(self.options):
            if here == option:
                found = "".join(self.options[position + 1 : position + 2])
            elif here.startswith(f"{option}="):
                found = here.partition("=")[2]
        return found


def split(args: Sequence[str]) -> Line:
    """Take the global options out of wherever they stand, so that they work after the command's name too."""
    options: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _WITH_VALUE:
            options += [word, *([following] if (following := next(words, None)) is not None else [])]
        elif word in _FLAGS or word.partition("=")[0] in _WITH_VALUE:
            options.append(word)
        else:
            rest.append(word)
    return Line(tuple(options), tuple(rest))


def _take_nothing(command: Any) -> None:
    """Flags take no value: Typer's help would show `<bool>` beside each, also beside its own `--help`."""
    for parameter in command.get_params(typer.Context(command)):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    for below in getattr(command, "commands", {}).values():
        _take_nothing(below)


class Root(TyperGroup):
    """The group of all commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        _take_nothing(self)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the global options first."""
        line = split(args)
        return super().parse_args(ctx, [*line.options, *line.rest])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, tell what went wrong, end with the exit code."""
        line = split(sys.argv[1:] if args is None else args)
        try:
            ended = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the boundary: whatever happens is told here
            debug = "--debug" in line.options or line.value("--debug") not in ("", "0", "false")
            told = errors.tell(error).aimed(line.said("--env"), self.commands)
            ended = errors.report(told, error if debug else None, as_json=line.value("--output") == "json")
        code = ended if isinstance(ended, int) else 0
        if standalone_mode:
            sys.exit(code)
        return code
