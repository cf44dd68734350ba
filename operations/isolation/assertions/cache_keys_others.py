"""In a database of a shared cache the beginning of a key says whose it is."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import SHARED, Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-keys-others",
    numbers=(49, 51, 52, 57),
    claim="No tenant's user reads or writes another one's keys, by whichever command.",
    kind="cache",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("cache.KEYS_OF_OTHERS_UNREADABLE", "cache.NEIGHBOURS_CANNOT_LOG_IN"),
    control="Both write and read keys of their own.",
    remedy="Put the access string of A's user back: `tenant apply A --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where they are in one database of one cache."""
    return b is not None and _database(a) == _database(b)


def check(case: Case) -> Report:
    """Alone, beside an own key, and through commands that take a key from another."""
    a, b, who = case.a, case.b, case.acting
    own, theirs = canaries.word(a), canaries.word(b)
    script = "return redis.call('GET', KEYS[1])"
    tried = (
        ("GET", theirs),
        ("MGET", own, theirs),
        ("SET", f"{theirs}-new", "1", "EX", "60"),
        ("COPY", theirs, f"{own}-copy"),
        ("COPY", own, f"{theirs}-copy"),
        ("RENAMENX", own, f"{theirs}-renamed"),
        ("SORT", own, "BY", f"{theirs}*", "GET", f"{theirs}*"),
        ("EVAL", script, "1", theirs),
        ("TYPE", theirs),
    )
    return Report(
        (
            trying(f"{a.tenant} writes its own", lambda: who.cache(a, "SET", own, "1", "EX", "60")),
            trying(f"{b.tenant} writes its own", lambda: case.neighbour.cache(b, "SET", theirs, "1", "EX", "60")),
        ),
        tuple(trying(" ".join(words[:2]), lambda w=words: who.cache(a, *w)) for words in tried),
    )


def _database(party: Party) -> tuple[str, int]:
    spec = party.blueprint.of(CacheSpec)
    return spec.group, spec.database
