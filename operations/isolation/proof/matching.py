"""Patterns put into logic: when a text of the request fits a text of a policy.

Where a pattern has no variables, or only such as are known, it is a language. Where a variable's value is free it is a
comparison of texts; what stands between stars is then found leftmost first, which is exact and needs no quantifier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from operations.isolation.proof import language, logic
from operations.isolation.proof.logic import Formula, Term, z3
from operations.isolation.proof.pattern import Literal, Pattern, Variable, Wild
from operations.isolation.proof.request import Absent, Known
from operations.isolation.proof.symbols import Doubt, Symbols
from operations.isolation.proof.texts import Text

_COLONS: Final = 5
"""An ARN has six parts, and so five colons at least."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whether every variable of the pattern has a value, and whether the text fits then."""

    resolved: Formula
    fits: Formula

    @property
    def holds(self) -> Formula:
        """It has, and it does."""
        return logic.both([self.resolved, self.fits])

    @property
    def surely_resolved(self) -> bool:
        """Whether the variables have values in every request."""
        return self.resolved is logic.TRUE or z3.is_true(z3.simplify(self.resolved))


def none(matches: Iterable[Match], unsure: bool) -> Formula:
    """None of them fits. What a variable without a value does here AWS does not say: it counts as `unsure`."""
    return logic.both(logic.chosen(each.resolved, logic.opposite(each.fits), logic.known(unsure)) for each in matches)


def text(value: Text, given: Pattern, symbols: Symbols) -> Match:
    """A text against a pattern whose wildcards reach anywhere. Raises Doubt for `?` beside a free variable."""
    resolved, parts = _resolved(given, symbols)
    plain = _plain(parts)
    return Match(resolved, _comparison(value, parts) if plain is None else value.belongs(language.fitting(plain)))


def folded(value: Text, given: Pattern, symbols: Symbols) -> Match:
    """A text against plain characters, without regard to case. Raises Doubt for a free variable."""
    resolved, parts = _resolved(given, symbols)
    plain = _plain(parts)
    if plain is None:
        raise Doubt("a variable is compared without regard to case")
    return Match(resolved, value.belongs(language.folded(plain)))


def arn(value: Text, given: Pattern, symbols: Symbols) -> Match:
    """An ARN against a pattern of six parts, whose wildcards do not reach over the first five colons.

    Raises Doubt for a pattern of fewer parts, and for a free variable before the sixth or beside such a wildcard.
    """
    head, tail = arn_parts(given)
    resolved_head, start = _resolved(head, symbols)
    resolved_tail, rest = _resolved(tail, symbols)
    plain_head, plain_tail = _plain(start), _plain(rest)
    if plain_head is None or (plain_tail is None and any(isinstance(each, Wild) for each in head)):
        raise Doubt("a variable stands beside a wildcard in the first five parts of an ARN")
    if plain_tail is None:
        return text(value, given, symbols)
    whole = (*language.fitting(plain_head, beyond=":"), *language.fitting(plain_tail))
    return Match(logic.both([resolved_head, resolved_tail]), value.belongs(whole))


def arn_parts(given: Pattern) -> tuple[Pattern, Pattern]:
    """A pattern up to its fifth colon, and the rest. Raises Doubt where it has fewer."""
    colons = 0
    for at, piece in enumerate(given):
        if not isinstance(piece, Literal):
            continue
        for place, character in enumerate(piece.text):
            colons += character == ":"
            if colons == _COLONS:
                before, after = piece.text[: place + 1], piece.text[place + 1 :]
                rest = (Literal(after), *given[at + 1 :]) if after else given[at + 1 :]
                return (*given[:at], Literal(before)), rest
    raise Doubt("a pattern of an ARN has fewer than six parts")


def reaches_over_parts(given: Pattern) -> bool:
    """Whether a wildcard stands where AWS may or may not let it reach over a colon."""
    try:
        head, _ = arn_parts(given)
    except Doubt:
        return False
    return any(isinstance(each, Wild) for each in head)


def _resolved(given: Pattern, symbols: Symbols) -> tuple[Formula, list[Literal | Wild | Term]]:
    """The pattern with values for its variables, and whether all have one."""
    conditions: list[Formula] = []
    parts: list[Literal | Wild | Term] = []
    for piece in given:
        if not isinstance(piece, Variable):
            parts.append(piece)
            continue
        present, value = _value(piece, symbols)
        conditions.append(present)
        parts.append(value)
    return logic.both(conditions), parts


def _value(variable: Variable, symbols: Symbols) -> tuple[Formula, Literal | Term]:
    cell = symbols.cell(variable.key)
    if cell.multiple or len(cell.values) > 1:
        raise Doubt(f"{variable.key}, which has several values, is used as a variable")
    match cell.assumption:
        case Known(values):
            return logic.TRUE, Literal(values[0])
        case Absent():
            return logic.known(variable.default is not None), Literal(variable.default or "")
        case _:
            value = next(value for _, value in cell.values).term
    if variable.default is None:
        return cell.present, value
    return logic.TRUE, logic.chosen(cell.present, value, logic.literal(variable.default))


def _plain(parts: list[Literal | Wild | Term]) -> Pattern | None:
    """The parts as a pattern without variables; None where a value is free."""
    plain = tuple(each for each in parts if isinstance(each, Literal | Wild))
    return plain if len(plain) == len(parts) else None


def _comparison(value: Text, parts: list[Literal | Wild | Term]) -> Formula:
    """Texts between stars, each after the one before: the first at the start, the last at the end."""
    if any(each is Wild.ONE for each in parts):
        raise Doubt("`?` stands beside a variable")
    groups: list[list[Term]] = [[]]
    for each in parts:
        if each is Wild.MANY:
            groups.append([])
        else:
            groups[-1].append(logic.literal(each.text) if isinstance(each, Literal) else each)
    first, *middle = [logic.chain(group) for group in groups]
    if not middle:
        return value.term == first
    *between, last = middle
    whole = value.term
    found: list[Formula] = [z3.PrefixOf(first, whole), z3.SuffixOf(last, whole)]
    end = z3.Length(first)
    for each in between:
        place = z3.IndexOf(whole, each, end)
        found.append(place >= 0)
        end = place + z3.Length(each)
    found.append(z3.Length(whole) >= end + z3.Length(last))
    return logic.both(found)
