"""Nothing goes into a bucket under a key that is not the tenant's."""

from __future__ import annotations

from typing import Any

from operations.isolation import canaries
from operations.isolation.model import SILO, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-other-keys",
    numbers=(23,),
    claim="An object under another tenant's key, or under S3's own, is refused by the tenant's bucket.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    models=SILO,
    answers=("object_store.OTHER_KEYS_REFUSED",),
    control="A writes an object under its own key.",
    remedy="Put the bucket's policy back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Put into A's own bucket, naming keys."""
    a, who = case.a, case.acting
    place = {"Bucket": a.said("dataBucket"), "Key": canaries.key(a, f"{canaries.NAME}-key"), "Body": canaries.TEXT}

    def put(**encryption: Any) -> None:
        who.aws("s3", "PutObject", **place, **encryption)

    named = {"ServerSideEncryption": "aws:kms"}
    return Report(
        (trying("an object under its own key", lambda: put(**named, SSEKMSKeyId=a.said("keyArn"))),),
        (
            trying(f"an object under {case.b.tenant}'s key", lambda: put(**named, SSEKMSKeyId=case.b.said("keyArn"))),
            trying("an object under S3's own key", lambda: put(ServerSideEncryption="AES256")),
        ),
    )
