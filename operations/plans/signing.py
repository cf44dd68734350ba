"""Ed25519 over text, with a key of the environment. Whoever has the environment's home can sign and check; nobody else.

`seed` is the private key's 32 bytes, as `operations.keys` keeps them.
"""

from __future__ import annotations

import base64
import hashlib
from binascii import Error
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands without plans need not pay for it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "Ed25519"


def key_id(seed: bytes) -> str:
    """Which key it is, fit to be shown: the start of the SHA-256 of the public key, in hex."""
    public = _private(seed).public_key().public_bytes_raw()
    return hashlib.sha256(public).hexdigest()[:16]


def sign(seed: bytes, text: str) -> str:
    """The signature, in base64."""
    return base64.b64encode(_private(seed).sign(text.encode())).decode("ascii")


def holds(seed: bytes, text: str, signature: str) -> bool:
    """Whether the signature is that of this key over this text."""
    from cryptography.exceptions import InvalidSignature

    try:
        _private(seed).public_key().verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, Error, ValueError):
        return False
    return True


def _private(seed: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)
