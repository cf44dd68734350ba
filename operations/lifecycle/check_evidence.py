"""Check a file of evidence, here or where an auditor sits: it needs a public key, and neither cloud nor home.

Nothing is made on the way, no folder and no key: one that was made for the question would fit no evidence.
"""

from __future__ import annotations

from pathlib import Path

from operations import keys
from operations.isolation import evidence, signers
from operations.isolation.evidence import Told
from operations.isolation.signers import Signer
from operations.settings import Settings
from stacks.errors import BadInput


def check(file: Path, signer: Signer) -> Told:
    """What a file of evidence says. Raises BadInput where it is none, Refused where it is not as it was signed."""
    return evidence.read(_text(file, "evidence"), str(file), signer)


def given(file: Path) -> Signer:
    """Whose public key a file is. Raises BadInput where it is none."""
    return signers.read(_text(file, "a public key"), str(file))


def at_home(settings: Settings) -> Signer:
    """Who signs in this home. Raises BadInput where nothing was ever signed in it."""
    seed = keys.signing_if_made(settings.secrets)
    if seed is None:
        raise BadInput(
            f"Environment {settings.environment} has no key in {settings.home}.",
            why="It is made by the first command that works there, and none did.",
            next="Name the home that has it (`--home`) and its environment (`--env`), or the public key: `--key FILE`.",
        )
    return signers.of(seed, settings.environment)


def _text(file: Path, what: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be read.", why=f"{error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not {what}.", why="It is no text.") from error
