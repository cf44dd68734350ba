"""Names of actions that a pattern such as `iam:Put*` stands for, one for each way in which policies tell them apart.

So a proof about a pattern holds for every action that AWS has or will have, and the solver is still asked about given
actions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from operations.isolation.proof import language, pattern
from operations.isolation.proof.language import Language
from operations.isolation.proof.pattern import Literal, Pattern, Wild
from operations.isolation.proof.policy import Choice


@lru_cache(maxsize=4096)
def chosen(choice: Choice, name: str) -> bool:
    """Whether an Action or NotAction element speaks of an action. Names are compared without regard to case."""
    return any(language.accepts(each, name) for each in _languages(choice)) is not choice.negated


def expand(asked: str, choices: Iterable[Choice]) -> tuple[str, ...]:
    """The action that is asked for; for a pattern, a name for each way in which the choices tell its actions apart.

    Names that stand in the choices are taken before made-up ones. Raises language.TooMany.
    """
    wanted = pattern.parse(asked, variables=False)
    if not any(isinstance(each, Wild) for each in wanted):
        return (asked,)
    return _expanded(wanted, tuple(dict.fromkeys(choices)))


@lru_cache(maxsize=1024)
def _expanded(wanted: Pattern, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    among = language.folded(wanted)
    rows = tuple(dict.fromkeys(each for choice in choices for each in _languages(choice)))
    found: dict[tuple[bool, ...], str] = {}
    for name in (*_written(choices), *language.ways(rows, (among,)).values()):
        if language.accepts(among, name):
            found.setdefault(tuple(chosen(each, name) for each in choices), name)
    return tuple(found.values())


def _written(choices: tuple[Choice, ...]) -> Iterator[str]:
    for each in (each for choice in choices for each in choice.patterns):
        yield "".join(piece.text for piece in each if isinstance(piece, Literal))


@lru_cache(maxsize=4096)
def _languages(choice: Choice) -> tuple[Language, ...]:
    return tuple(language.folded(each) for each in choice.patterns)
