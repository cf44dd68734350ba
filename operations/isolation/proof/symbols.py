"""The request that a solver looks for: its resource, and a cell for each context key that policies read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from operations.isolation.proof import logic, pattern, scale
from operations.isolation.proof.logic import Formula, Language, z3
from operations.isolation.proof.operators import Each, Family
from operations.isolation.proof.pattern import Pattern, Variable, Wild
from operations.isolation.proof.policy import Statement
from operations.isolation.proof.request import MULTIPLE, Absent, Facts, Free, Known, Request


class Doubt(Exception):
    """Something of a policy that the prover can't put into logic, or that AWS does not document; says what."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A key: whether it is there, and its values, each with whether it is used."""

    present: Formula
    values: tuple[tuple[Formula, Any], ...]
    assumption: Known | Absent | Free
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """How statements read a key: as what, and under how many operators that look at several values."""

    families: frozenset[Family]
    several: int


def uses(statements: Iterable[Statement]) -> dict[str, Use]:
    """Every key that the statements read."""
    families: dict[str, set[Family]] = defaultdict(set)
    several: dict[str, int] = defaultdict(int)
    for key, family, each in (read for statement in statements for read in _reads(statement)):
        if family is not None:
            families[key].add(family)
        several[key] += each is not Each.SINGLE
    return {key: Use(frozenset(families[key]), count) for key, count in several.items()}


class Symbols:
    """Cells by key, and what must hold of them: `bounds`."""

    def __init__(self, action: str, facts: Facts, read: dict[str, Use]) -> None:
        self._action, self._facts, self._read = action, facts, read
        self._cells: dict[str, Cell] = {}
        self.bounds: list[Formula] = []
        self.resource = z3.String("resource")
        self.bounds.append(
            z3.InRe(self.resource, logic.alternatives([language(_plain(each)) for each in facts.thing.arns]))
        )

    def cell(self, key: str) -> Cell:
        """The cell of a key. Raises Doubt where policies read it as two things at once."""
        if key not in self._cells:
            self._cells[key] = self._made(key)
        return self._cells[key]

    def family(self, key: str) -> Family:
        """What the key's values are: texts, or a family that has an order. Raises Doubt where they are both."""
        families = {each if each in scale.ORDERED else Family.TEXT for each in self._read[key].families}
        if len(families) > 1:
            raise Doubt(f"{key} is read as {' and as '.join(sorted(each.name.lower() for each in families))}")
        return families.pop() if families else Family.TEXT

    def request(self, model: Any) -> Request:
        """The request that a model of the solver stands for."""
        context = {
            key: found
            for key, cell in sorted(self._cells.items())
            if (found := self._values(model, key, cell)) and _true(model, cell.present)
        }
        return Request(self._action, logic.written(model.eval(self.resource, model_completion=True)), context)

    def _values(self, model: Any, key: str, cell: Cell) -> tuple[str, ...]:
        if isinstance(cell.assumption, Known):
            return cell.assumption.values
        family = self.family(key)
        found = (model.eval(value, model_completion=True) for used, value in cell.values if _true(model, used))
        return tuple(
            logic.written(each) if family is Family.TEXT else scale.text(family, each.as_long()) for each in found
        )

    def _made(self, key: str) -> Cell:
        family, assumption = self.family(key), self._facts.of(key)
        match assumption:
            case Absent():
                return Cell(logic.FALSE, (), assumption)
            case Known(values):
                return Cell(logic.TRUE, tuple((logic.TRUE, _value(family, each)) for each in values), assumption)
            case Free():
                return self._free(key, family, assumption)

    def _free(self, key: str, family: Family, assumption: Free) -> Cell:
        multiple = self._read[key].several > 0 and (key in MULTIPLE or not key.startswith("aws:"))
        present = logic.TRUE if assumption.always else z3.Bool(f"{key} is there")
        # as many values as operators look at: each of them needs one witness at the most
        count = self._read[key].several if multiple else 1
        values: list[tuple[Formula, Any]] = []
        for number in range(count):
            used = z3.Bool(f"{key} has {number}") if multiple else logic.TRUE
            value = z3.String(f"{key} {number}") if family is Family.TEXT else z3.Int(f"{key} {number}")
            self._bound(value, family, self._like(key, assumption))
            values.append((used, value))
        if multiple:
            self.bounds.append(present == logic.either(used for used, _ in values))
        return Cell(present, tuple(values), assumption, multiple)

    def _like(self, key: str, assumption: Free) -> tuple[str, ...]:
        flags = Family.FLAG in self._read[key].families
        return assumption.like or (("true", "false") if flags else ())

    def _bound(self, value: Any, family: Family, like: tuple[str, ...]) -> None:
        if family is not Family.TEXT:
            self.bounds.append(z3.And(value >= 0, value <= scale.last(family)))
            return
        if like:
            self.bounds.append(z3.InRe(value, logic.alternatives([language(_plain(each)) for each in like])))


def language(texts: Pattern, wild: tuple[Language, Language] = (logic.ANYTHING, logic.ANY_CHARACTER)) -> Language:
    """All texts that a pattern without variables fits; `wild` is what `*` and `?` stand for."""
    many, one = wild
    return logic.sequence(
        [
            logic.word(each.text) if isinstance(each, pattern.Literal) else many if each is Wild.MANY else one
            for each in texts
        ]
    )


def _plain(text: str) -> Pattern:
    return pattern.parse(text, variables=False)


def _value(family: Family, text: str) -> Any:
    return logic.literal(text) if family is Family.TEXT else scale.point(family, text)


def _true(model: Any, formula: Formula) -> bool:
    return z3.is_true(model.eval(formula, model_completion=True))


def _reads(statement: Statement) -> Iterator[tuple[str, Family | None, Each]]:
    """Keys, what they are read as, which of their values count. Whether a key is there says nothing of what it is."""
    for condition in statement.conditions:
        operator = condition.operator
        yield condition.key, None if operator.family is Family.ABSENCE else operator.family, operator.each
        yield from _variables(condition.patterns)
    if statement.resources is not None:
        yield from _variables(statement.resources.patterns)


def _variables(patterns: Iterable[Pattern]) -> Iterator[tuple[str, Family | None, Each]]:
    for piece in (piece for each in patterns for piece in each):
        if isinstance(piece, Variable):
            yield piece.key, Family.TEXT, Each.SINGLE
