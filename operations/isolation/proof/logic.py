"""z3 as the prover speaks it: the only place that imports it, because it ships no types.

Texts go in with their characters escaped as z3 wants them, and come out as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, TypeAlias, cast

import z3 as _library

z3: Final = cast("Any", _library)
Formula: TypeAlias = Any
"""A truth value that depends on the request."""
Text: TypeAlias = Any
"""A text that depends on the request."""
Number: TypeAlias = Any
"""A whole number that depends on the request."""
Language: TypeAlias = Any
"""A set of texts, as a regular expression."""

TRUE: Final[Formula] = z3.BoolVal(True)
FALSE: Final[Formula] = z3.BoolVal(False)
_TEXTS: Final = z3.ReSort(z3.StringSort())
ANYTHING: Final[Language] = z3.Full(_TEXTS)
ANY_CHARACTER: Final[Language] = z3.AllChar(_TEXTS)
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


def known(truth: bool) -> Formula:
    """A truth value that is given."""
    return TRUE if truth else FALSE


def both(formulas: Iterable[Formula]) -> Formula:
    """All of them; true where there are none."""
    return _joined(z3.And, list(formulas), TRUE)


def either(formulas: Iterable[Formula]) -> Formula:
    """Any of them; false where there are none."""
    return _joined(z3.Or, list(formulas), FALSE)


def literal(text: str) -> Text:
    """A text that is given."""
    return z3.StringVal("".join(each if _plain(each) else f"\\u{{{ord(each):x}}}" for each in text))


def written(value: Text) -> str:
    """A given text, as Python has it."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value.as_string())


def word(text: str) -> Language:
    """The one text."""
    return z3.Re(literal(text))


def sequence(languages: list[Language]) -> Language:
    """Texts of one language after another."""
    if not languages:
        return word("")
    return languages[0] if len(languages) == 1 else z3.Concat(*languages)


def alternatives(languages: list[Language]) -> Language:
    """Texts of any of the languages, of which there is one at least."""
    return languages[0] if len(languages) == 1 else z3.Union(*languages)


def without(*characters: tuple[str, str]) -> Language:
    """One character outside these ranges, which are ordered and don't touch."""
    ranges: list[Language] = []
    start = 0
    for first, last in characters:
        ranges.append(_range(start, ord(first) - 1))
        start = ord(last) + 1
    return alternatives([*ranges, _range(start, _LAST)])


def folded(text: str) -> Language:
    """The text in any mixture of upper and lower case."""
    return sequence([alternatives([word(form) for form in sorted({each.lower(), each.upper()})]) for each in text])


def chain(parts: list[Text]) -> Text:
    """One text after another."""
    if not parts:
        return literal("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


_LAST: Final = 0x2FFFF


def _range(first: int, last: int) -> Language:
    return z3.Range(z3.StringVal(f"\\u{{{first:x}}}"), z3.StringVal(f"\\u{{{last:x}}}"))


def _plain(character: str) -> bool:
    return character != "\\" and " " <= character <= "~"


def _joined(operation: Any, formulas: list[Formula], nothing: Formula) -> Formula:
    if not formulas:
        return nothing
    return formulas[0] if len(formulas) == 1 else operation(*formulas)
