"""What `tenant verify` does without tenants: say what a file of evidence says, or print the key that checks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cli import render, verify_text
from cli.verifying import Wish as Verifying
from operations.isolation import signers
from operations.lifecycle import check_evidence
from operations.settings import Settings
from stacks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Wish:
    """A file of evidence to be checked, a public key to check it with; or that the home's is to be printed."""

    file: Path | None
    key: Path | None
    public_key: bool

    @property
    def anything(self) -> bool:
        """Whether one of these is wanted."""
        return self.public_key or self.file is not None

    def check(self, verifying: Verifying) -> None:
        """Raise BadInput where more than one thing is wanted, or a key is given and nothing to check."""
        if self.key is not None and self.file is None:
            raise BadInput("A key is given, and no file that it is to check.", next="Add `--check FILE`.")
        if (self.file is not None) + self.public_key + verifying.anything > 1:
            raise BadInput(
                "It is not clear what is wanted: to verify tenants, to check a file of evidence, or to print the key.",
                next="Give `--check FILE` alone or with `--key FILE`, `--public-key` alone, or neither.",
            )


def carry_out(settings: Settings, wish: Wish, *, as_json: bool) -> None:
    """Do it and show it."""
    if wish.file is None:
        _print_key(settings, as_json=as_json)
        return
    signer = check_evidence.given(wish.key) if wish.key else check_evidence.at_home(settings)
    told = check_evidence.check(wish.file, signer)
    if as_json:
        render.as_json(verify_text.told_shape(told))
    else:
        render.lines(verify_text.told(told))


def _print_key(settings: Settings, *, as_json: bool) -> None:
    signer = check_evidence.at_home(settings)
    if as_json:
        render.as_json(verify_text.signer_shape(signer))
    else:
        render.document(signers.write(signer), None)
