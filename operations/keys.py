"""An environment's keys and passphrase: made at first use, readable by the owner only, never shown.

The key makes slugs (HMAC), the passphrase encrypts secrets in states. Losing either loses what it made: keep them. The
signing key (Ed25519) signs saved plans and evidence; without it plans have to be made again, and evidence is checked
with the public key that was given away.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from stacks.errors import BadInput

_BYTES = 32


def key(folder: Path) -> bytes:
    """The environment's key, 32 bytes. Raises BadInput where the file is not what this module wrote."""
    return _bytes(folder / "key", "Restore the file from its backup: other names would be made without it.")


def signing(folder: Path) -> bytes:
    """The private key of signatures, 32 bytes. Raises BadInput where the file is not what this module wrote."""
    return _bytes(folder / "signing", "Restore it from its backup, or move it away: plans have to be saved anew then.")


def signing_if_made(folder: Path) -> bytes | None:
    """The same where it was made already, else nothing: who only checks makes none. Raises BadInput as above."""
    return signing(folder) if (folder / "signing").exists() else None


def passphrase(folder: Path) -> str:
    """The passphrase of secrets in states."""
    return _kept(folder / "passphrase")


def _bytes(file: Path, next_step: str) -> bytes:
    try:
        found = bytes.fromhex(_kept(file))
    except ValueError as error:
        raise _damaged(file, "It is not hexadecimal.", next_step) from error
    if len(found) != _BYTES:
        raise _damaged(file, f"It has {len(found)} bytes and not {_BYTES}.", next_step)
    return found


def _damaged(file: Path, why: str, next_step: str) -> BadInput:
    return BadInput(f"The environment's key in {file} is damaged.", why=why, next=next_step)


def _kept(file: Path) -> str:
    if not file.exists():
        _make(file)
    return file.read_text(encoding="ascii").strip()


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(_BYTES) + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)  # fails where another process was first: then its file counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
