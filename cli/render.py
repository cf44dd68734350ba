"""Results on stdout: tables of at most 100 columns for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

WIDTH: Final = 100


def console(*, stderr: bool = False) -> Console:
    """Where to write; colours and width as the terminal, NO_COLOR and 100 columns allow."""
    from rich.console import Console

    found = Console(stderr=stderr, highlight=False, emoji=False, markup=False)
    if not found.is_terminal or found.width > WIDTH:
        return Console(stderr=stderr, highlight=False, emoji=False, markup=False, width=WIDTH)
    return found


def as_json(data: Any) -> None:
    """One JSON document."""
    sys.stdout.write(json.dumps(data, indent=2, default=str) + "\n")


def lines(text: Iterable[str]) -> None:
    """Lines as they are, never wrapped: they may be commands to copy."""
    for line in text:
        sys.stdout.write(line.rstrip() + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; long cells fold, nothing is cut off."""
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    console().print(drawn)


def say(text: str) -> None:
    """A message to people, on stderr."""
    sys.stderr.write(text + "\n")
