"""A tenant's key opens for its own role only."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="kms-use-others",
    numbers=(26,),
    claim="No tenant encrypts, decrypts or makes a data key with another one's key, or in its context of a shared one.",
    kind="encryption",
    level=Level.LIVE,
    pairwise=True,
    answers=("encryption.NEIGHBOURS_CANNOT_DECRYPT", "encryption.OTHER_CONTEXTS_REFUSED"),
    control="Both encrypt and decrypt with their own keys.",
    remedy="Look at the key's policy and grants: `tenant drift` shows the policy; `tenant apply` mends it.",
)


def check(case: Case) -> Report:
    """B encrypts, A decrypts; then what needs no ciphertext."""
    a, b, who, neighbour = case.a, case.b, case.acting, case.neighbour
    theirs, named, ours = b.said("keyArn"), canaries.context(b), canaries.context(a)
    sealed = neighbour.aws("kms", "Encrypt", KeyId=theirs, Plaintext=canaries.TEXT, **named)["CiphertextBlob"]

    def own() -> None:
        mine = who.aws("kms", "Encrypt", KeyId=a.said("keyArn"), Plaintext=canaries.TEXT, **ours)["CiphertextBlob"]
        who.aws("kms", "Decrypt", CiphertextBlob=mine, **ours)

    return Report(
        (
            trying(f"{a.tenant} encrypts and decrypts with its own key", own),
            trying(
                f"{b.tenant} decrypts its own",
                lambda: neighbour.aws("kms", "Decrypt", CiphertextBlob=sealed, **named),
            ),
        ),
        (
            trying(
                f"Decrypt what {b.tenant} encrypted",
                lambda: who.aws("kms", "Decrypt", CiphertextBlob=sealed, **named),
            ),
            trying(
                f"Encrypt with {b.tenant}'s key",
                lambda: who.aws("kms", "Encrypt", KeyId=theirs, Plaintext=canaries.TEXT, **named),
            ),
            trying(
                f"GenerateDataKey of {b.tenant}'s key",
                lambda: who.aws("kms", "GenerateDataKey", KeyId=theirs, KeySpec="AES_256", **named),
            ),
        ),
    )
