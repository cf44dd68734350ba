"""What a check leaves so that there is something to be refused: one small object a bucket, under a name of its own.

To a queue that tenants share it sends a small message, which says what it is.
"""

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


def queues(party: Party) -> dict[str, str]:
    """URLs of the cell's queues that the tenant is given, by the names that its profile calls them."""
    return dict(sorted(party.outputs.get("queues", {}).items()))


def sent(acting: Acting, name: str, url: str) -> Outcome:
    """A message to a queue; its workers drop what has this body."""
    return trying(
        f"SendMessage to {name}", lambda: acting.aws("sqs", "SendMessage", QueueUrl=url, MessageBody=TEXT.decode())
    )


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
