"""A neighbour changes nothing in a tenant's bucket."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-write-others",
    numbers=(18,),
    claim="No tenant writes or deletes another one's objects.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    answers=("object_store.NEIGHBOURS_CANNOT_WRITE_OBJECTS",),
    control="A writes and deletes an object of its own.",
    remedy="Look at the bucket's policy and at what A's role may do: `tenant drift` shows both; `tenant apply` mends.",
)


def check(case: Case) -> Report:
    """Put, then delete, under a name that is nobody's."""
    return Report(_tried(case, case.a), _tried(case, case.b))


def _tried(case: Case, at: Party) -> tuple[Outcome, ...]:
    """In A's words throughout: under A's key, where a key is named."""
    who, named = case.acting, canaries.encryption(case.a)
    place = {"Bucket": at.said("dataBucket"), "Key": canaries.key(at, f"{canaries.NAME}-write")}
    there = "/".join(place.values())
    return (
        trying(f"PutObject of {there}", lambda: who.aws("s3", "PutObject", **place, Body=canaries.TEXT, **named)),
        trying(f"DeleteObject of {there}", lambda: who.aws("s3", "DeleteObject", **place)),
    )
