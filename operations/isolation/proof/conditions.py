"""Conditions put into logic.

Sources: IAM UserGuide, reference_policies_elements_condition_operators and
reference_policies_condition-single-vs-multi-valued-context-keys. A key that is absent fails an operator, but for
negated ones, ...IfExists, and ForAllValues; ForAnyValue fails then even where it is negated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from operations.isolation.proof import language, logic, matching, scale
from operations.isolation.proof.logic import Formula, z3
from operations.isolation.proof.matching import Match
from operations.isolation.proof.operators import Each, Family, Relation
from operations.isolation.proof.policy import Condition
from operations.isolation.proof.symbols import Doubt, Symbols

Note = Callable[[str], None]
"""Takes a sentence about what AWS does not document."""


def holds(condition: Condition, symbols: Symbols, unsure: bool, note: Note) -> Formula:
    """When a condition holds. `unsure` is what counts where AWS does not say. Raises Doubt for what can't be said."""
    operator, cell = condition.operator, symbols.cell(condition.key)
    if operator.family is Family.ABSENCE:
        # Null: "true" asks that the key is absent
        return logic.either(
            logic.opposite(cell.present) if value.lower() == "true" else cell.present for value in condition.values
        )
    tested = [(used, _test(condition, value, symbols, unsure, note)) for used, value in cell.values]
    absent = logic.opposite(cell.present)
    match operator.each:
        case Each.ALL:
            return logic.either(
                [absent, logic.both(logic.either([logic.opposite(used), test]) for used, test in tested)]
            )
        case Each.ANY:
            some = logic.both([cell.present, logic.either(logic.both(each) for each in tested)])
            return logic.either([some, logic.both([absent, _if_exists(condition, unsure, note)])])
        case Each.SINGLE:
            if cell.multiple or len(tested) > 1:
                raise Doubt(f"{condition.key} may have several values, and the operator looks at one")
            there = logic.both([cell.present, *(test for _, test in tested)])
            return logic.either([absent, there]) if operator.negated or operator.if_exists else there


def _if_exists(condition: Condition, unsure: bool, note: Note) -> Formula:
    """What ForAnyValue:...IfExists does where the key is absent, which is read both ways."""
    if not condition.operator.if_exists:
        return logic.FALSE
    note(f"ForAnyValue with IfExists on {condition.key}, which may be absent")
    return logic.known(unsure)


def _test(condition: Condition, value: Any, symbols: Symbols, unsure: bool, note: Note) -> Formula:
    """Whether one value of the request fits; for a negated operator, whether none of the policy's does."""
    matches = _matches(condition, value, symbols)
    if not condition.operator.negated:
        return logic.either(each.holds for each in matches)
    if not all(each.surely_resolved for each in matches):
        note(f"{condition.key} is compared by a negated operator with a variable that may be absent")
    return matching.none(matches, unsure)


def _matches(condition: Condition, value: Any, symbols: Symbols) -> list[Match]:
    match condition.operator.family:
        case Family.TEXT | Family.LIKE:
            return [matching.text(value, each, symbols) for each in condition.patterns]
        case Family.FOLDED_TEXT:
            return [matching.folded(value, each, symbols) for each in condition.patterns]
        case Family.ARN:
            return [matching.arn(value, each, symbols) for each in condition.patterns]
        case Family.FLAG:
            return [Match(logic.TRUE, value.belongs(language.word(each.lower()))) for each in condition.values]
        case family:
            return [Match(logic.TRUE, _ordered(condition, family, value, each)) for each in condition.values]


def _ordered(condition: Condition, family: Family, value: Any, given: str) -> Formula:
    first, last = scale.span(family, given)
    match condition.operator.relation:
        case Relation.EQUAL:
            return z3.And(value >= first, value <= last)
        case Relation.LESS:
            return value < first
        case Relation.AT_MOST:
            return value <= first
        case Relation.MORE:
            return value > first
        case Relation.AT_LEAST:
            return value >= first
