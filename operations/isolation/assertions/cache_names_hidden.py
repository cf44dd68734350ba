"""Names of keys tell who is there, and patterns of keys don't close them."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import SHARED, Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="cache-names-hidden",
    numbers=(50, 51),
    claim="The tenant's user of a shared cache has no command that looks at all keys, channels or numbered databases.",
    kind="cache",
    level=Level.LIVE,
    models=SHARED,
    answers=("cache.KEY_NAMES_OF_OTHERS_HIDDEN",),
    control="The user writes a key of its own.",
    remedy="Put the user's access string back: `tenant apply TENANT --refresh`.",
)

_TRIED = (
    ("SCAN", "0"),
    ("KEYS", "tenant-verify-nothing"),
    ("RANDOMKEY",),
    ("DBSIZE",),
    ("SELECT", "1"),
    ("PUBSUB", "CHANNELS"),
)


def check(case: Case) -> Report:
    """At the shared cache."""
    a, who = case.a, case.acting
    return Report(
        (trying("SET of a key of its own", lambda: who.cache(a, "SET", canaries.word(a), "1", "EX", "60")),),
        tuple(trying(" ".join(words), lambda w=words: who.cache(a, *w)) for words in _TRIED),
    )
