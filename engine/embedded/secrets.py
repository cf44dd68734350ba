"""Pulumi's passphrase secrets provider: PBKDF2-HMAC-SHA256 and AES-256-GCM, byte-compatible with the CLI's."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ROUNDS: Final = 1_000_000
_CHECK: Final = "pulumi"


class WrongPassphraseError(Exception):
    """The passphrase does not open this state."""


@functools.lru_cache(maxsize=256)
def _key(passphrase: str, salt: bytes) -> bytes:
    # about half a second on purpose: derived once a process for each stack
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, 32)


class Crypter:
    """Encrypts and decrypts the secrets of one stack. The key is derived when the first secret is met."""

    def __init__(self, passphrase: str, state: str | None = None) -> None:
        """`state` is the `salt` text of a checkpoint; None makes a new one. Raises WrongPassphraseError on use."""
        self._passphrase = passphrase
        self._salt = base64.b64decode(state.split(":")[1]) if state else os.urandom(8)
        self._state = state
        self._written: dict[str, str] = {}

    @property
    def state(self) -> str:
        """What a checkpoint keeps: the salt, and a value that tells a wrong passphrase from a right one."""
        if self._state is None:
            self._state = f"v1:{base64.b64encode(self._salt).decode()}:{self._seal(_CHECK)}"
        return self._state

    def encrypt(self, text: str) -> str:
        """The ciphertext; the same text keeps its ciphertext, so that a no-op run leaves the state as it was."""
        if text not in self._written:
            self._written[text] = self._seal(text)
        return self._written[text]

    def decrypt(self, ciphertext: str) -> str:
        """The text. Raises WrongPassphraseError."""
        text = self._open(ciphertext)
        self._written.setdefault(text, ciphertext)
        return text

    def check(self) -> None:
        """Raise WrongPassphraseError unless the passphrase opens the state's salt."""
        if self._state is not None and self._open(self._state.split(":", 2)[2]) != _CHECK:
            raise WrongPassphraseError

    def _seal(self, text: str) -> str:
        nonce = os.urandom(12)
        sealed = AESGCM(_key(self._passphrase, self._salt)).encrypt(nonce, text.encode(), None)
        return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"

    def _open(self, ciphertext: str) -> str:
        _, nonce, sealed = ciphertext.split(":")
        try:
            opened = AESGCM(_key(self._passphrase, self._salt)).decrypt(
                base64.b64decode(nonce), base64.b64decode(sealed), None
            )
        except InvalidTag as error:
            raise WrongPassphraseError("the passphrase does not open this stack's secrets") from error
        return opened.decode()
