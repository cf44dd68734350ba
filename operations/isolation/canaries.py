"""What a check leaves so that there is something to be refused: one small object a bucket, under a name of its own."""

from __future__ import annotations

from typing import Any, Final

from operations.isolation.model import Missing, Outcome, Party, Refusal, trying
from operations.isolation.ports import Acting
from stacks.inputs.fields import Isolation
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.object_store.spec import ObjectStoreSpec

NAME: Final = "tenant-verify"
TEXT: Final = b"written by tenant verify"


def key(party: Party, name: str = NAME) -> str:
    """Where the object stands in the tenant's bucket: inside its container, where it is held to one."""
    container = party.blueprint.of(ObjectStoreSpec).container
    return f"{container}/{name}" if container else name


def encryption(party: Party) -> dict[str, str]:
    """What a put says of encryption: in a shared bucket, whose own key may not be the tenant's, the key is named."""
    if party.model("object_store") is Isolation.SILO:
        return {}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": party.said("keyArn")}


def context(party: Party) -> dict[str, Any]:
    """What a request to KMS says of its context: under a shared key the tenant's own."""
    own = party.blueprint.of(EncryptionSpec).context
    return {"EncryptionContext": {"tenant": own}} if own else {}


def word(party: Party) -> str:
    """The entry in the tenant's cache: it begins as all its keys do."""
    return f"{party.blueprint.of(CacheSpec).prefix}{NAME}"


def kept(party: Party, acting: Acting) -> Outcome:
    """The control of reading: the tenant reads the object, which it writes where it is not there yet."""
    place = {"Bucket": party.said("dataBucket"), "Key": key(party)}

    def read() -> None:
        try:
            acting.aws("s3", "GetObject", **place)
        except (Missing, Refusal):  # S3 tells no one what is missing who may not list
            acting.aws("s3", "PutObject", **place, Body=TEXT, **encryption(party))
            acting.aws("s3", "GetObject", **place)

    return trying(f"{party.tenant} reads an object of its own", read)
