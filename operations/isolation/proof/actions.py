"""Names of actions that a pattern such as `iam:Put*` stands for, one for each way in which policies tell them apart.

What policies say of an action depends on nothing but which of their patterns its name fits. There are few such ways,
and a walk over the patterns, letter by letter and all at once, finds a shortest name for each. So a proof about a
pattern holds for every action that AWS has or will have, and still asks the solver about given actions only.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from operations.isolation.proof import pattern
from operations.isolation.proof.pattern import Literal, Pattern, Wild
from operations.isolation.proof.policy import Choice

LIMIT: Final = 20_000
"""States of a walk, which takes about a second then."""

_Token: TypeAlias = str | Wild
_Places: TypeAlias = frozenset[int]
"""Where in a pattern a name may have come to."""


class TooMany(Exception):
    """The patterns differ in more ways than are looked at."""


def fits(given: Pattern, name: str) -> bool:
    """Whether a name fits a pattern, both without regard to case."""
    return _expression(given).fullmatch(name) is not None


def chosen(choice: Choice, name: str) -> bool:
    """Whether an Action or NotAction element speaks of an action."""
    return any(fits(each, name) for each in choice.patterns) is not choice.negated


def expand(asked: str, choices: Iterable[Choice]) -> tuple[str, ...]:
    """The action that is asked for; for a pattern, a name for each way in which the choices tell its actions apart.

    Names that stand in the choices are taken before made-up ones. Raises TooMany.
    """
    wanted = pattern.parse(asked, variables=False)
    if not any(isinstance(each, Wild) for each in wanted):
        return (asked,)
    return _expanded(wanted, tuple(dict.fromkeys(choices)))


@lru_cache(maxsize=4096)
def _expanded(wanted: Pattern, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    found: dict[tuple[bool, ...], str] = {}
    for name in (*_written(choices), *_made_up(wanted, choices)):
        if fits(wanted, name):
            found.setdefault(tuple(chosen(each, name) for each in choices), name)
    return tuple(found.values())


def _written(choices: tuple[Choice, ...]) -> Iterator[str]:
    for each in (each for choice in choices for each in choice.patterns):
        yield "".join(piece.text for piece in each if isinstance(piece, Literal))


def _made_up(wanted: Pattern, choices: tuple[Choice, ...]) -> Iterator[str]:
    """A shortest name for each set of patterns that a name can fit."""
    rows = [_tokens(each) for each in dict.fromkeys((wanted, *(each for one in choices for each in one.patterns)))]
    letters = _letters(rows)
    start = tuple(_settled(row, {0}) for row in rows)
    seen, waiting = {start}, deque([(start, "")])
    while waiting:
        places, name = waiting.popleft()
        if len(rows[0]) in places[0]:
            yield name
        for letter in letters:
            after = tuple(_step(row, at, letter) for row, at in zip(rows, places, strict=True))
            if after[0] and after not in seen:
                seen.add(after)
                waiting.append((after, name + letter))
        if len(seen) > LIMIT:
            raise TooMany(f"policies tell actions apart in more than {LIMIT} ways")


def _tokens(given: Pattern) -> tuple[_Token, ...]:
    return tuple(
        token
        for piece in given
        if isinstance(piece, Literal | Wild)
        for token in (piece.text.lower() if isinstance(piece, Literal) else (piece,))
    )


def _letters(rows: list[tuple[_Token, ...]]) -> list[str]:
    """What the patterns speak of, and one letter that they don't, which stands for all others."""
    spoken = {each for row in rows for each in row if isinstance(each, str)}
    other = next(each for each in "xzqjkwyvbgfphdmculnoisrtae0123456789~" if each not in spoken)
    return [other, *sorted(spoken)]


def _settled(row: tuple[_Token, ...], places: set[int]) -> _Places:
    """With the places that are reached without a letter, for `*` may stand for nothing."""
    for at in sorted(places):
        while at < len(row) and row[at] is Wild.MANY:
            at += 1
            places.add(at)
    return frozenset(places)


def _step(row: tuple[_Token, ...], places: _Places, letter: str) -> _Places:
    after: set[int] = set()
    for at in places:
        if at < len(row) and row[at] is Wild.MANY:
            after.add(at)
        elif at < len(row) and (row[at] is Wild.ONE or row[at] == letter):
            after.add(at + 1)
    return _settled(row, after)


@lru_cache(maxsize=4096)
def _expression(given: Pattern) -> re.Pattern[str]:
    written = "".join(
        re.escape(token) if isinstance(token, str) else ".*" if token is Wild.MANY else "." for token in _tokens(given)
    )
    return re.compile(written, re.DOTALL | re.IGNORECASE)
