"""The folder that everything is kept in: states, keys and records are for its owner only."""

from __future__ import annotations

from pathlib import Path

from stacks.errors import BadInput

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def prepare(home: Path) -> Path:
    """The folder, made for its owner only where it was not there. Raises BadInput where it cannot be one.

    A folder that is there already keeps its mode: it may hold more than what is ours.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    except OSError as error:
        raise BadInput(
            f"{home} cannot be the folder that everything is kept in.",
            why=f"{error.strerror or error}.",
            next="Name another one: `--home FOLDER`.",
        ) from error
    return home


def keep_private(file: Path) -> None:
    """Make the file before anyone else does, readable by its owner only; shut it where it was left open.

    Raises BadInput where it cannot be written.
    """
    try:
        file.touch(mode=PRIVATE_FILE)
        file.chmod(PRIVATE_FILE)
    except OSError as error:
        raise BadInput(
            f"{file} cannot be written.", why=f"{error.strerror or error}.", next="Name another home: `--home FOLDER`."
        ) from error
