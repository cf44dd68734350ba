"""Who signed evidence: an environment's public key, and the file of it that auditors are given. Pure.

The file is PEM with a line before it that says whose key it is. Tools that read PEM skip that line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from operations.plans import signing
from stacks.errors import BadInput

_ENVIRONMENT: Final = re.compile(r"^environment: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key, 32 bytes, and the environment that it speaks for; empty where the file does not say."""

    public: bytes
    environment: str

    @property
    def key(self) -> str:
        """Which key it is, as evidence names it."""
        return signing.key_id(self.public)


def of(seed: bytes, environment: str) -> Signer:
    """Who signs with an environment's private key."""
    return Signer(signing.public(seed), environment)


def write(signer: Signer) -> str:
    """The file's text."""
    return f"environment: {signer.environment}\n{signing.pem(signer.public)}"


def read(text: str, file: str) -> Signer:
    """Whose key it is. Raises BadInput where it is no public key of Ed25519."""
    public = signing.from_pem(text)
    if public is None:
        raise BadInput(
            f"{file} is not a public key of {signing.ALGORITHM}.",
            why="It holds no PEM block `PUBLIC KEY` of that kind.",
            next="Have it made where the evidence was made: `tenant verify --public-key`.",
        )
    said = _ENVIRONMENT.search(text)
    return Signer(public, said[1] if said else "")
