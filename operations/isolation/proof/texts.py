"""Texts of the request that a solver chooses: each by the languages that it belongs to.

A text that is only compared with patterns is chosen among one for each way to fit them (`language.ways`), and the
solver sees truth values. One that is also compared with another text of the request is a text to the solver, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from operations.isolation.proof import language, logic
from operations.isolation.proof.language import Language, TooMany
from operations.isolation.proof.logic import Formula, Term, z3


@dataclass(eq=False, slots=True)
class Chosen:
    """A text that is sought, of one of the languages `among`, if there are any.

    `facts` are the languages that it may belong to or not; `given` are those that all of `among` do, or none.
    """

    name: str
    among: tuple[Language, ...] = ()
    facts: dict[Language, Formula] = field(default_factory=dict[Language, Formula])
    given: dict[Language, Formula] = field(default_factory=dict[Language, Formula])
    compared: bool = False

    def belongs(self, to: Language) -> Formula:
        """Whether it belongs to a language, as a truth value of the solver's where that is not given."""
        for known in (self.facts, self.given):
            if to in known:
                return known[to]
        answers = self._answers(to)
        if len(answers) == 1:
            return self.given.setdefault(to, logic.known(answers.pop()))
        return self.facts.setdefault(to, z3.Bool(f"{self.name} fits {len(self.facts)}"))

    @property
    def term(self) -> Term:
        """The text itself, for comparison with others."""
        self.compared = True
        return z3.String(self.name)

    def bounds(self) -> Formula:
        """What the truth values have to do with each other. Asked for when all of them are known."""
        ways = self._ways()
        if ways is not None:
            every = len(ways) == 2 ** len(self.facts)
            return logic.TRUE if every else logic.either(logic.both(self._as(way)) for way in ways)
        term = self.term
        limits = [logic.either(logic.belongs(term, each) for each in self.among)] if self.among else []
        return logic.both([*limits, *(fact == logic.belongs(term, each) for each, fact in self.facts.items())])

    def text(self, model: Any) -> str:
        """What the solver has chosen."""
        ways = self._ways()
        if ways is None:
            return logic.written(model.eval(self.term, model_completion=True))
        return ways[tuple(z3.is_true(model.eval(each, model_completion=True)) for each in self.facts.values())]

    def _answers(self, to: Language) -> set[bool]:
        """Whether texts that it may be belong to a language, as far as that can be told without the solver."""
        try:
            return {belongs for (belongs,) in language.ways((to,), self.among or (_ANYTHING,))}
        except TooMany:
            return {False, True}

    def _ways(self) -> dict[tuple[bool, ...], str] | None:
        if self.compared:
            return None
        try:
            return language.ways(tuple(self.facts), self.among or (_ANYTHING,))
        except TooMany:
            self.compared = True
            return None

    def _as(self, way: tuple[bool, ...]) -> Iterator[Formula]:
        for fact, holds in zip(self.facts.values(), way, strict=True):
            yield fact if holds else z3.Not(fact)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text that is given."""

    value: str

    def belongs(self, to: Language) -> Formula:
        """Whether it belongs to a language."""
        return logic.known(language.accepts(to, self.value))

    @property
    def term(self) -> Term:
        """The text itself."""
        return logic.literal(self.value)


Text: TypeAlias = Chosen | Fixed
_ANYTHING = (language.Token(frozenset(), negated=True, repeats=True),)
