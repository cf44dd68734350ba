"""A presigned URL carries the rights of who signed it, and no more."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-presigned-others",
    numbers=(19,),
    claim="A presigned URL that one tenant makes for another one's object opens nothing.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_READ_OBJECTS",),
    control="A's presigned URL for an object of its own is answered.",
    remedy="Look at the bucket's policy and at what A's role may do: `tenant drift` shows both; `tenant apply` mends.",
)


def check(case: Case) -> Report:
    """Fetched without credentials."""
    a, b, who = case.a, case.b, case.acting
    mine, theirs = (who.link(each.said("dataBucket"), canaries.key(each)) for each in (a, b))
    return Report(
        (
            canaries.kept(a, who),
            canaries.kept(b, case.neighbour),
            trying(f"{a.tenant}'s own presigned URL", lambda: who.fetch(mine)),
        ),
        (trying(f"{a.tenant}'s presigned URL for {b.tenant}'s object", lambda: who.fetch(theirs)),),
    )
