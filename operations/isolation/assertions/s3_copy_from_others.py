"""S3 copies on the caller's rights: a copy is a read."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-copy-from-others",
    numbers=(20,),
    claim="No tenant copies another one's object into its own bucket.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="A copies an object of its own.",
    remedy="Look at the bucket's policy and at what A's role may do: `tenant drift` shows both; `tenant apply` mends.",
)


def check(case: Case) -> Report:
    """CopyObject from each bucket into A's."""
    a, b, who = case.a, case.b, case.acting
    place = {"Bucket": a.said("dataBucket"), "Key": canaries.key(a, f"{canaries.NAME}-copy")}
    target = {**place, **canaries.encryption(a)}
    mine, theirs = ({"Bucket": each.said("dataBucket"), "Key": canaries.key(each)} for each in (a, b))
    return Report(
        (
            canaries.kept(a, who),
            canaries.kept(b, case.neighbour),
            trying(f"{a.tenant} copies its own object", lambda: who.aws("s3", "CopyObject", CopySource=mine, **target)),
        ),
        (
            trying(
                f"{a.tenant} copies {b.tenant}'s object",
                lambda: who.aws("s3", "CopyObject", CopySource=theirs, **target),
            ),
        ),
    )
