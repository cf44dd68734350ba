"""A neighbour reads nothing in a tenant's buckets."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case
from stacks.inputs.fields import Isolation

ASSERTION = Assertion(
    id="s3-read-others",
    numbers=(18,),
    claim="No tenant reads, looks at or lists another one's objects.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="Both read an object of their own.",
    remedy="Look at the bucket's policy and at what A's role may do: `tenant drift` shows both; `tenant apply` mends.",
)


def check(case: Case) -> Report:
    """Get and head; list, where the buckets are B's own: lists of shared ones are `s3-list-others`."""
    b, who = case.b, case.acting
    whole = b.model("object_store") is Isolation.SILO
    data, backups, key = b.said("dataBucket"), b.said("backupBucket"), canaries.key(b)
    tries = (
        ("GetObject", {"Bucket": data, "Key": key}),
        ("HeadObject", {"Bucket": data, "Key": key}),
        *((("ListObjectsV2", {"Bucket": name}) for name in (data, backups)) if whole else ()),
    )
    return Report(
        (canaries.kept(case.a, who), canaries.kept(b, case.neighbour)),
        tuple(
            trying(f"{operation} on {given['Bucket']}", lambda o=operation, g=given: who.aws("s3", o, **g))
            for operation, given in tries
        ),
    )
