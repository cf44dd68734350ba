"""The request that a solver looks for: its resource, and a cell for each context key that policies read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from operations.isolation.proof import language, logic, pattern, scale
from operations.isolation.proof.logic import Formula, Term, z3
from operations.isolation.proof.operators import Each, Family
from operations.isolation.proof.pattern import Pattern, Variable
from operations.isolation.proof.policy import Statement
from operations.isolation.proof.request import MULTIPLE, Absent, Facts, Free, Known, Request
from operations.isolation.proof.texts import Chosen, Fixed


class Doubt(Exception):
    """Something of a policy that the prover can't put into logic, or that AWS does not document; says what."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A key: whether it is there, and its values, each with whether it is used.

    A value is a text of `texts`, or a whole number of the solver's.
    """

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
        self._bounds: list[Formula] = []
        self._texts: list[Chosen] = []
        self.resource = self._text("resource", facts.thing.arns)

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

    def bounds(self) -> Formula:
        """What every request keeps to. Asked for when all policies are in logic, for it depends on what they read."""
        return logic.both([*self._bounds, *(each.bounds() for each in self._texts)])

    def request(self, model: Any) -> Request:
        """The request that a model of the solver stands for."""
        context = {
            key: found
            for key, cell in sorted(self._cells.items())
            if _true(model, cell.present) and (found := self._values(model, key, cell))
        }
        return Request(self._action, self.resource.text(model), context)

    def _values(self, model: Any, key: str, cell: Cell) -> tuple[str, ...]:
        if isinstance(cell.assumption, Known):
            return cell.assumption.values
        family = self.family(key)
        found = (value for used, value in cell.values if _true(model, used))
        return tuple(
            each.text(model)
            if isinstance(each, Chosen)
            else scale.text(family, model.eval(each, model_completion=True).as_long())
            for each in found
        )

    def _made(self, key: str) -> Cell:
        family, assumption = self.family(key), self._facts.of(key)
        match assumption:
            case Absent():
                return Cell(logic.FALSE, (), assumption)
            case Known(values):
                given = (Fixed(each) if family is Family.TEXT else scale.point(family, each) for each in values)
                return Cell(logic.TRUE, tuple((logic.TRUE, each) for each in given), assumption)
            case Free():
                return self._free(key, family, assumption)

    def _free(self, key: str, family: Family, assumption: Free) -> Cell:
        read = self._read[key]
        multiple = read.several > 0 and (key in MULTIPLE or not key.startswith("aws:"))
        present = logic.TRUE if assumption.always else z3.Bool(f"{key} is there")
        like = assumption.like or (("true", "false") if Family.FLAG in read.families else ())
        values: list[tuple[Formula, Any]] = []
        # as many values as operators look at: each of them needs one witness at the most
        for number in range(read.several if multiple else 1):
            used = z3.Bool(f"{key} has {number}") if multiple else logic.TRUE
            name = f"{key} {number}"
            values.append((used, self._text(name, like) if family is Family.TEXT else self._number(name, family)))
        if multiple:
            self._bounds.append(present == logic.either(used for used, _ in values))
        return Cell(present, tuple(values), assumption, multiple)

    def _text(self, name: str, like: tuple[str, ...]) -> Chosen:
        among = tuple(language.fitting(pattern.parse(each, variables=False)) for each in like)
        self._texts.append(Chosen(name, among))
        return self._texts[-1]

    def _number(self, name: str, family: Family) -> Term:
        number = z3.Int(name)
        self._bounds.append(z3.And(number >= 0, number <= scale.last(family)))
        return number


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
