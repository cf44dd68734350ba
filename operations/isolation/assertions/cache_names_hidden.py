"""What all users of a server have in common, patterns of keys don't close: names, and the code that is loaded."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from operations.isolation import canaries
from operations.isolation.model import SHARED, Assertion, Level, Refusal, Report, Unclear, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-names-hidden",
    numbers=(50, 51),
    claim="The tenant's user of a shared cache looks at no names of others, in no other database, and loads no code.",
    kind="cache",
    level=Level.LIVE,
    models=SHARED,
    answers=("cache.KEY_NAMES_OF_OTHERS_HIDDEN",),
    control="The user writes a key of its own.",
    remedy="Put the user's access string back: `tenant apply TENANT --refresh`.",
)

_CODE: Final = "#!lua name=tenant_verify\nserver.register_function('tenant_verify', function() return 1 end)"
_TRIED: Final = (
    ("KEYS", "tenant-verify-nothing"),
    ("PUBSUB", "CHANNELS"),
    ("CLIENT", "TRACKING", "OFF"),
)
"""Those of them that do no harm where they work: who may turn tracking off may turn it on."""
_BESIDE_OTHERS: Final = (("SCAN", "0"), ("RANDOMKEY",), ("DBSIZE",))
"""What looks at all keys of a database, which is no harm in an own one."""


def check(case: Case) -> Report:
    """At the shared cache."""
    a, who = case.a, case.acting
    spec = a.blueprint.of(CacheSpec)
    another = ("SELECT", "0" if spec.database else "1")
    tried = (another, *_TRIED, *(_BESIDE_OTHERS if spec.prefix else ()))

    def load() -> None:
        who.cache(a, "FUNCTION", "LOAD", "REPLACE", _CODE)
        with suppress(Refusal, Unclear):  # it was let in, whether or not it is taken out again
            who.cache(a, "FUNCTION", "DELETE", "tenant_verify")

    return Report(
        (trying("SET of a key of its own", lambda: who.cache(a, "SET", canaries.word(a), "1", "EX", "60")),),
        (
            *(trying(" ".join(words), lambda w=words: who.cache(a, *w)) for words in tried),
            trying("FUNCTION LOAD", load),
        ),
    )
