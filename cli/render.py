"""Results on stdout: tables of at most 100 columns for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stacks.errors import BadInput

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
    sys.stdout.write(json_text(data))


def json_text(data: Any) -> str:
    """The text of a JSON document."""
    return json.dumps(data, indent=2, default=str) + "\n"


def joined(text: Iterable[str]) -> str:
    """Lines as one text, as `lines` writes them."""
    return "".join(line.rstrip() + "\n" for line in text)


def document(text: str, to: Path | None) -> None:
    """A whole document, on stdout or into a file. Raises BadInput where that cannot be written."""
    if to is None:
        sys.stdout.write(text)
        return
    try:
        to.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{to} cannot be written.", why=f"{error.strerror or error}.") from error


def folder(path: Path) -> Path:
    """A folder to write into, made where it is not there. Raises BadInput where it cannot be one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{path} cannot be a folder.", why=f"{error.strerror or error}.") from error
    return path


def version() -> str:
    """The tool's own version."""
    from importlib.metadata import version

    return version("tenant-stacks")


def lines(text: Iterable[str]) -> None:
    """Lines as they are, never wrapped: they may be commands to copy."""
    sys.stdout.write(joined(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; long cells fold, nothing is cut off."""
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    console().print(drawn)


def say(text: str) -> None:
    """A message to people, on stderr."""
    sys.stderr.write(text + "\n")
