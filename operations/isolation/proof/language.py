"""Sets of texts that patterns fit, and a walk over several at once that finds a text for each way to fit them.

What a policy says of a text depends on nothing but which of its patterns the text fits. There are few such ways, and a
shortest text stands for all that fit the same: so a solver chooses among a handful of given texts, and is exact.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from operations.isolation.proof.pattern import Literal, Pattern, Wild

LIMIT: Final = 20_000
"""States of one walk, which takes about a second then."""
_LETTERS: Final = "xzqjkwyvbgfphdmculnoisrtae0123456789XZQJKWYVBGFPHDMCULNOISRTAE-_.~+=@!#$%&"


@dataclass(frozen=True, slots=True)
class Token:
    """One character out of `characters`, or outside them where it is `negated`; any number of those if it `repeats`."""

    characters: frozenset[str]
    negated: bool = False
    repeats: bool = False

    def takes(self, letter: str) -> bool:
        """Whether the letter is one of them."""
        return (letter in self.characters) is not self.negated


Language: TypeAlias = tuple[Token, ...]
Places: TypeAlias = frozenset[int]
"""Where in a language a text may have come to."""


class TooMany(Exception):
    """Patterns differ in more ways than are looked at."""


def word(text: str) -> Language:
    """Just this text."""
    return tuple(Token(frozenset(each)) for each in text)


@lru_cache(maxsize=4096)
def folded(given: Pattern) -> Language:
    """Texts that fit a pattern without variables, without regard to case."""
    return tuple(
        Token(frozenset({each.lower(), each.upper()})) if isinstance(each, str) else _wild(each, "")
        for piece in given
        for each in _characters(piece)
    )


@lru_cache(maxsize=4096)
def fitting(given: Pattern, beyond: str = "") -> Language:
    """Texts that fit a pattern without variables. `beyond` are characters that its wildcards do not stand for."""
    return tuple(
        Token(frozenset(each)) if isinstance(each, str) else _wild(each, beyond)
        for piece in given
        for each in _characters(piece)
    )


def accepts(language: Language, text: str) -> bool:
    """Whether a text belongs to it."""
    places = _settled(language, {0})
    for letter in text:
        places = _step(language, places, letter)
    return len(language) in places


@lru_cache(maxsize=4096)
def ways(languages: tuple[Language, ...], among: tuple[Language, ...]) -> dict[tuple[bool, ...], str]:
    """A shortest text for each combination of languages that a text can belong to, if it belongs to any of `among`.

    Raises TooMany.
    """
    found: dict[tuple[bool, ...], str] = {}
    for places, text in _walk((*among, *languages), len(among)):
        ends = [len(row) in at for row, at in zip((*among, *languages), places, strict=True)]
        if any(ends[: len(among)]):
            found.setdefault(tuple(ends[len(among) :]), text)
    return found


def _walk(rows: tuple[Language, ...], limits: int) -> Iterator[tuple[tuple[Places, ...], str]]:
    """Every state that a text can bring the rows to while one of the first `limits` is alive, shortest texts first."""
    spoken = {each for row in rows for token in row for each in token.characters}
    other = next(each for each in (*_LETTERS, *map(chr, range(0x100, 0x1000))) if each not in spoken)
    start = tuple(_settled(row, {0}) for row in rows)
    seen, waiting = {start}, deque([(start, "")])
    while waiting:
        places, text = waiting.popleft()
        yield places, text
        for letter in (other, *_expected(rows, places)):
            after = tuple(_step(row, at, letter) if at else at for row, at in zip(rows, places, strict=True))
            if any(after[:limits]) and after not in seen:
                seen.add(after)
                waiting.append((after, text + letter))
        if len(seen) > LIMIT:
            raise TooMany(f"policies tell texts apart in more than {LIMIT} ways")


def _expected(rows: tuple[Language, ...], places: tuple[Places, ...]) -> list[str]:
    """Letters that any row tells from others here, lower case before upper."""
    tokens = (row[each] for row, at in zip(rows, places, strict=True) for each in at if each < len(row))
    return sorted({letter for token in tokens for letter in token.characters}, key=str.swapcase)


def _settled(language: Language, places: Iterable[int]) -> Places:
    """With the places that are reached without a letter, for what repeats may stand for nothing."""
    found: set[int] = set()
    for at in places:
        found.add(at)
        while at < len(language) and language[at].repeats:
            at += 1
            found.add(at)
    return frozenset(found)


def _step(language: Language, places: Places, letter: str) -> Places:
    taken = (each for each in places if each < len(language) and language[each].takes(letter))
    return _settled(language, [each if language[each].repeats else each + 1 for each in taken])


def _characters(piece: object) -> Iterable[str | Wild]:
    if isinstance(piece, Literal):
        return piece.text
    if isinstance(piece, Wild):
        return (piece,)
    raise TypeError(f"{piece} has no characters of its own")


def _wild(wild: Wild, beyond: str) -> Token:
    return Token(frozenset(beyond), negated=True, repeats=wild is Wild.MANY)
