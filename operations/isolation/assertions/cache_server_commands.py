"""Commands of the server show and change what is not the tenant's."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="cache-server-commands",
    numbers=(54,),
    claim="The tenant's user has no command that shows or changes the server, its users or its clients.",
    kind="cache",
    level=Level.LIVE,
    answers=("cache.SERVER_COMMANDS_REFUSED",),
    control="The user writes a key of its own.",
    remedy="Put the user's access string back: `tenant apply TENANT --refresh`.",
)

_TRIED = (
    ("CONFIG", "GET", "maxmemory"),
    ("ACL", "LIST"),
    ("CLIENT", "LIST"),
    ("INFO", "server"),
    ("KEYS", "tenant-verify-nothing"),
    ("SLOWLOG", "LEN"),
    ("SWAPDB", "0", "0"),
)
"""Those of them that do no harm where they work; FLUSHALL and SHUTDOWN are of the same categories."""


def check(case: Case) -> Report:
    """At its own cache."""
    a, who = case.a, case.acting
    return Report(
        (trying("SET of a key of its own", lambda: who.cache(a, "SET", canaries.word(a), "1", "EX", "60")),),
        tuple(trying(" ".join(words), lambda w=words: who.cache(a, *w)) for words in _TRIED),
    )
