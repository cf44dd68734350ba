"""In a shared cache the number of a database says whose it is, where tenants have one each."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import SHARED, Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-databases-others",
    numbers=(50, 57),
    claim="No tenant's user works in the numbered database of another, or moves keys into it.",
    kind="cache",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("cache.KEYS_OF_OTHERS_UNREADABLE", "cache.NEIGHBOURS_CANNOT_LOG_IN"),
    control="Both write keys of their own, each in its own database.",
    remedy="Put the access string of A's user back: `tenant apply A --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where they are in two databases of one cache."""
    if b is None:
        return False
    own, theirs = (each.blueprint.of(CacheSpec) for each in (a, b))
    return own.group == theirs.group and own.database != theirs.database


def check(case: Case) -> Report:
    """By selecting it, and from the own one. The copy ends by itself where it works."""
    a, b, who = case.a, case.b, case.acting
    own, theirs = canaries.word(a), canaries.word(b)
    number = str(b.blueprint.of(CacheSpec).database)
    tried = (
        ("SELECT", number),
        ("COPY", own, f"{own}-copy", "DB", number),
        ("MOVE", own, number),
        ("SWAPDB", number, number),
    )
    return Report(
        (
            trying(f"{a.tenant} writes its own", lambda: who.cache(a, "SET", own, "1", "EX", "60")),
            trying(f"{b.tenant} writes its own", lambda: case.neighbour.cache(b, "SET", theirs, "1", "EX", "60")),
        ),
        tuple(trying(" ".join((words[0], words[-1])), lambda w=words: who.cache(a, *w)) for words in tried),
    )
