"""Channels are told apart as keys are."""

from __future__ import annotations

from operations.isolation.model import SHARED, Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec

ASSERTION = Assertion(
    id="cache-channels-others",
    numbers=(53,),
    claim="No tenant's user hears or speaks on another one's channels.",
    kind="cache",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("cache.KEYS_OF_OTHERS_UNREADABLE",),
    control="A's user speaks on a channel of its own.",
    remedy="Put the access string of A's user back: `tenant apply A --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where they are in one cache."""
    return b is not None and a.blueprint.of(CacheSpec).group == b.blueprint.of(CacheSpec).group


def check(case: Case) -> Report:
    """One channel of B's, and all channels."""
    a, who = case.a, case.acting
    own, theirs = (each.blueprint.of(CacheSpec).channels for each in (a, case.b))
    tried = (
        ("PUBLISH", f"{theirs}tenant-verify", "1"),
        ("SUBSCRIBE", f"{theirs}tenant-verify"),
        ("PSUBSCRIBE", f"{theirs}*"),
        ("PSUBSCRIBE", "*"),
    )
    return Report(
        (trying("PUBLISH on its own", lambda: who.cache(a, "PUBLISH", f"{own}tenant-verify", "1")),),
        tuple(trying(" ".join(words[:2]), lambda w=words: who.cache(a, *w)) for words in tried),
    )
