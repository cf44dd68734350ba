"""z3 as the prover speaks it: the only place that imports it, because it ships no types.

What is given is put together here, and z3 never sees it: most of what policies say is given once it is known who asks
for what, and to build a formula takes longer than to solve it. `TRUE` and `FALSE` are known by identity: another
formula that z3 would call true is merely left to z3.

Texts go in with their characters escaped as z3 wants them, and come out as they were.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any, Final, TypeAlias, cast

import z3 as _library

from operations.isolation.proof.language import Language, Token

z3: Final = cast("Any", _library)
Formula: TypeAlias = Any
"""A truth value that depends on the request."""
Term: TypeAlias = Any
"""A text or a whole number that depends on the request."""

TRUE: Final[Formula] = z3.BoolVal(True)
FALSE: Final[Formula] = z3.BoolVal(False)
_TEXTS: Final = z3.ReSort(z3.StringSort())
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_PATIENCE: Final = 2
_MOMENT: Final = 0.5
"""An interruption comes after twice the time that z3 was given, and half a second."""
_LAST: Final = 0x2FFFF
"""The last character that z3 knows."""


def check(solver: Any, milliseconds: int) -> object:
    """The solver's answer, `unknown` where the time is over.

    z3 loses its own timeout where that ends before the search has begun, and searches on without one; so it is
    interrupted from outside too, until it listens.
    """
    solver.set("timeout", milliseconds)
    answered = threading.Event()

    def interrupt() -> None:
        while not answered.wait(_PATIENCE * milliseconds / 1000 + _MOMENT):
            solver.interrupt()

    watch = threading.Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        return solver.check()
    finally:
        answered.set()
        watch.join()


def known(truth: bool) -> Formula:
    """A truth value that is given."""
    return TRUE if truth else FALSE


def both(formulas: Iterable[Formula]) -> Formula:
    """All of them; true where there are none."""
    return _joined(z3.And, list(formulas), TRUE, FALSE)


def either(formulas: Iterable[Formula]) -> Formula:
    """Any of them; false where there are none."""
    return _joined(z3.Or, list(formulas), FALSE, TRUE)


def opposite(formula: Formula) -> Formula:
    """True where it is not."""
    if formula is TRUE or formula is FALSE:
        return known(formula is FALSE)
    return z3.Not(formula)


def chosen(by: Formula, one: Formula, other: Formula) -> Formula:
    """One of the two."""
    if by is TRUE or by is FALSE:
        return one if by is TRUE else other
    return z3.If(by, one, other)


def literal(text: str) -> Term:
    """A text that is given."""
    return z3.StringVal("".join(each if _plain(each) else f"\\u{{{ord(each):x}}}" for each in text))


def written(value: Term) -> str:
    """A given text, as Python has it."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value.as_string())


def chain(parts: list[Term]) -> Term:
    """One text after another."""
    if not parts:
        return literal("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def belongs(value: Term, language: Language) -> Formula:
    """Whether a text belongs to a language."""
    tokens = [_expression(each) for each in language]
    match tokens:
        case []:
            return value == literal("")
        case [single]:
            return z3.InRe(value, single)
        case _:
            return z3.InRe(value, z3.Concat(*tokens))


def _expression(token: Token) -> Any:
    one = _outside(token.characters) if token.negated else _union([z3.Re(literal(e)) for e in sorted(token.characters)])
    return z3.Star(one) if token.repeats else one


def _outside(characters: frozenset[str]) -> Any:
    if not characters:
        return z3.AllChar(_TEXTS)
    marks = [-1, *(ord(each) for each in sorted(characters)), _LAST + 1]
    gaps = [(low + 1, high - 1) for low, high in zip(marks, marks[1:], strict=False) if high - low > 1]
    return _union([z3.Range(z3.StringVal(f"\\u{{{a:x}}}"), z3.StringVal(f"\\u{{{b:x}}}")) for a, b in gaps])


def _union(expressions: list[Any]) -> Any:
    return expressions[0] if len(expressions) == 1 else z3.Union(*expressions)


def _plain(character: str) -> bool:
    return character != "\\" and " " <= character <= "~"


def _joined(operation: Any, formulas: list[Formula], nothing: Formula, decides: Formula) -> Formula:
    left = [each for each in formulas if each is not nothing]
    if any(each is decides for each in left):
        return decides
    if not left:
        return nothing
    return left[0] if len(left) == 1 else operation(*left)
