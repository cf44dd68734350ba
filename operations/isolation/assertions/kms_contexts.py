"""Under a shared key the encryption context says whose a ciphertext is."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import POOL, Assertion, Came, Level, Outcome, Report, Unclear, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="kms-contexts",
    numbers=(27,),
    claim="Under the shared key a tenant works in its own encryption context: with none it gets nothing.",
    kind="encryption",
    level=Level.LIVE,
    models=POOL,
    answers=("encryption.OTHER_CONTEXTS_REFUSED",),
    control="It encrypts and decrypts in its own.",
    remedy="Put the key's policy back: `tenant shared apply`; that of the role: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Its own ciphertext in other contexts; new ones in none, and in one that nobody has."""
    a, who = case.a, case.acting
    key, own = {"KeyId": a.said("keyArn")}, canaries.context(a)
    sealed = who.aws("kms", "Encrypt", **key, Plaintext=canaries.TEXT, **own)["CiphertextBlob"]
    nobody = {"EncryptionContext": {"tenant": canaries.NAME}}
    return Report(
        (trying("Decrypt in its own context", lambda: who.aws("kms", "Decrypt", CiphertextBlob=sealed, **own)),),
        (
            _decrypted("Decrypt without a context", who, CiphertextBlob=sealed),
            _decrypted("Decrypt in a context of nobody", who, CiphertextBlob=sealed, **nobody),
            trying("Encrypt without a context", lambda: who.aws("kms", "Encrypt", **key, Plaintext=canaries.TEXT)),
            trying(
                "Encrypt in a context of nobody",
                lambda: who.aws("kms", "Encrypt", **key, Plaintext=canaries.TEXT, **nobody),
            ),
        ),
    )


def _decrypted(tried: str, who: Acting, **given: object) -> Outcome:
    """A ciphertext does not open in another context, whoever asks: KMS says so in a word of its own."""
    try:
        return trying(tried, lambda: _opened(who, given))
    except _Sealed as sealed:
        return Outcome(tried, Came.REFUSED, str(sealed))


class _Sealed(Exception):  # noqa: N818 - an answer, not a fault
    """The ciphertext is of another context."""


def _opened(who: Acting, given: dict[str, object]) -> None:
    try:
        who.aws("kms", "Decrypt", **given)
    except Unclear as unclear:
        if "InvalidCiphertext" in str(unclear):
            raise _Sealed("InvalidCiphertext") from unclear
        raise
