"""Ed25519 over text, with a key of the environment. Whoever has the environment's home can sign; its public key checks.

A `seed` is the private key's 32 bytes, as `operations.keys` keeps them; a `public` key is 32 bytes too. As text it is
PEM (RFC 8410, RFC 7468), which other tools read.
"""

from __future__ import annotations

import base64
import hashlib
from binascii import Error
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands without plans need not pay for it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "Ed25519"


def public(seed: bytes) -> bytes:
    """The public key of a private one."""
    return _private(seed).public_key().public_bytes_raw()


def key_id(public_key: bytes) -> str:
    """Which key it is, fit to be shown: the start of the SHA-256 of the public key, in hex."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def sign(seed: bytes, text: str) -> str:
    """The signature, in base64."""
    return base64.b64encode(_private(seed).sign(text.encode())).decode("ascii")


def holds(public_key: bytes, text: str, signature: str) -> bool:
    """Whether the signature is that of this key over this text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, Error, ValueError):
        return False
    return True


def pem(public_key: bytes) -> str:
    """The public key as a file for others."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def from_pem(text: str) -> bytes | None:
    """The public key of such a file; None where it is none, or of another algorithm."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(text.encode())
    except (UnsupportedAlgorithm, ValueError):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def _private(seed: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)
