"""Texts of policies: plain characters, the wildcards `*` and `?`, and policy variables.

Sources: IAM UserGuide, reference_policies_elements_resource and reference_policies_variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias


class Wild(Enum):
    """A wildcard: any characters, or just one."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that mean themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key, 'default'}`: the value of a context key, in lower case. `default` is None where the policy gives none."""

    key: str
    default: str | None = None


Piece: TypeAlias = Literal | Wild | Variable
Pattern: TypeAlias = tuple[Piece, ...]

_TOKEN: Final = re.compile(r"\$\{(?P<variable>[^{}]+)\}|(?P<wild>[*?])")
_VARIABLE: Final = re.compile(r"\s*(?P<key>[^\s,]+)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_ESCAPED: Final = frozenset("*?$")


def parse(text: str, *, variables: bool, wildcards: bool = True) -> Pattern:
    """A text of a policy taken apart. Where variables or wildcards have no meaning they are plain characters."""
    return tuple(_joined(_pieces(text, variables=variables, wildcards=wildcards)))


def has_variables(pattern: Pattern) -> bool:
    """Whether what it fits depends on the request."""
    return any(isinstance(piece, Variable) for piece in pattern)


def _pieces(text: str, *, variables: bool, wildcards: bool) -> Iterator[Piece]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield Literal(text[end : token.start()])
        end = token.end()
        if token["wild"]:
            yield Wild(token["wild"]) if wildcards else Literal(token["wild"])
        else:
            yield _variable(token) if variables else Literal(token[0])
    yield Literal(text[end:])


def _variable(token: re.Match[str]) -> Piece:
    inside = token["variable"]
    if inside in _ESCAPED:
        return Literal(inside)
    found = _VARIABLE.fullmatch(inside)
    return Variable(found["key"].lower(), found["default"]) if found else Literal(token[0])


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring literals as one, empty ones left out."""
    text = ""
    for piece in pieces:
        if isinstance(piece, Literal):
            text += piece.text
            continue
        if text:
            yield Literal(text)
        text = ""
        yield piece
    if text:
        yield Literal(text)
