"""What a check leaves so that there is something to be refused: one small object a bucket, under a name of its own."""

from __future__ import annotations

from typing import Final

from operations.isolation.model import Missing, Outcome, Party, Refusal, trying
from operations.isolation.ports import Acting
from stacks.resources.object_store.spec import ObjectStoreSpec

NAME: Final = "tenant-verify"
TEXT: Final = b"written by tenant verify"


def key(party: Party, name: str = NAME) -> str:
    """Where the object stands in the tenant's bucket: inside its container, where it is held to one."""
    container = party.blueprint.of(ObjectStoreSpec).container
    return f"{container}/{name}" if container else name


def kept(party: Party, acting: Acting) -> Outcome:
    """The control of reading: the tenant reads the object, which it writes where it is not there yet."""
    place = {"Bucket": party.said("dataBucket"), "Key": key(party)}

    def read() -> None:
        try:
            acting.aws("s3", "GetObject", **place)
        except (Missing, Refusal):  # S3 tells no one what is missing who may not list
            acting.aws("s3", "PutObject", **place, Body=TEXT)
            acting.aws("s3", "GetObject", **place)

    return trying(f"{party.tenant} reads an object of its own", read)
