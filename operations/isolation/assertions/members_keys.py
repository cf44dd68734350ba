"""A member's cache user works on its own keys."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import canaries, membership
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.members.spec import MemberPlan

ASSERTION = Assertion(
    id="members-keys",
    numbers=(49, 51, 52),
    claim="No member's user reads or writes another one's keys or its tenant's, or learns their names.",
    kind="members",
    level=Level.LIVE,
    answers=("members.MEMBERS_KEYS_APART",),
    control="Each writes and reads a key of its own.",
    remedy="Put the access string of the member's user back: `tenant apply TENANT --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where members have users of their own."""
    return any(member.user for member in membership.active(a))


def check(case: Case) -> Report:
    """By commands on one key, on several, and on all."""
    found = [(one, other) for one, other in membership.directions(case.a) if one.user]
    return Report(
        tuple(_own(case, member) for member, _ in found),
        tuple(outcome for member, other in found for outcome in _tried(case, member, other)),
    )


def _own(case: Case, member: MemberPlan) -> Outcome:
    who = case.member(member)
    return trying(
        f"{membership.name(case.a, member)} writes its own",
        lambda: who.cache(case.a, "SET", _key(member), "1", "EX", "60"),
    )


def _tried(case: Case, member: MemberPlan, other: MemberPlan | None) -> Iterator[Outcome]:
    who, own = case.member(member), _key(member)
    for theirs in (*([_key(other)] if other and other.user else ()), canaries.word(case.a)):
        for words in (
            ("GET", theirs),
            ("MGET", own, theirs),
            ("SET", f"{theirs}-new", "1", "EX", "60"),
            ("COPY", own, f"{theirs}-copy"),
            ("EVAL", "return redis.call('GET', KEYS[1])", "1", theirs),
        ):
            yield trying(f"{member.id}: {words[0]} on {theirs}", lambda w=words: who.cache(case.a, *w))
    another = "0" if case.a.blueprint.of(CacheSpec).database else "1"
    for words in (("SELECT", another), ("SCAN", "0"), ("RANDOMKEY",), ("KEYS", "*"), ("CLIENT", "TRACKING", "OFF")):
        yield trying(f"{member.id}: {words[0]}", lambda w=words: who.cache(case.a, *w))


def _key(member: MemberPlan) -> str:
    return f"{member.prefix}{canaries.NAME}"
