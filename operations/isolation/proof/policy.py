"""Policy documents as data. What is not understood stands in the statement as a gap; nothing is left out in silence.

Source: IAM UserGuide, reference_policies_grammar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Final, cast

from operations.isolation.proof import operators, pattern, scale
from operations.isolation.proof.operators import Family, Operator
from operations.isolation.proof.pattern import Pattern


class Unreadable(Exception):
    """A text that is no policy document; says which and why."""


class Effect(StrEnum):
    """What a statement does to requests that fit it."""

    ALLOW = "Allow"
    DENY = "Deny"


class Reading(Enum):
    """How what is not understood, or not documented by AWS, is taken.

    OPENING lets through whatever may get through, CLOSING only what surely does.
    """

    OPENING = auto()
    CLOSING = auto()

    def fits(self, effect: Effect) -> bool:
        """Whether a statement of this effect is taken to fit where it is not sure that it does."""
        return (effect is Effect.ALLOW) is (self is Reading.OPENING)


@dataclass(frozen=True, slots=True)
class Choice:
    """Texts of which one must fit, or none where it is `negated`: NotAction, NotResource."""

    patterns: tuple[Pattern, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Principals as (kind, name), such as ("AWS", "*"); everyone but these where it is `negated`: NotPrincipal."""

    names: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. `key` is in lower case, for keys are compared so; one of `values` must fit.

    `patterns` are the values where they are compared as text.
    """

    operator: Operator
    key: str
    values: tuple[str, ...]
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. None for resources or principals means that it does not speak of them.

    `gaps` are sentences that tell what of it is not understood.
    """

    policy: str
    sid: str
    effect: Effect
    actions: Choice
    resources: Choice | None = None
    principals: Who | None = None
    conditions: tuple[Condition, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How people find it: the policy's name and the statement's Sid, or its number where it has none."""
        return f"{self.policy}/{self.sid}"


@dataclass(frozen=True, slots=True)
class Document:
    """A policy. `name` is what counterexamples call it, such as `boundary` or `policy of key/1234`."""

    name: str
    statements: tuple[Statement, ...]


_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    }
)
_WITH_VARIABLES: Final = "2012-10-17"
"""Earlier versions of the language, and documents that don't say theirs, take `${...}` for plain characters."""


def parse(name: str, given: str | Mapping[str, Any]) -> Document:
    """A policy document from its JSON. Raises Unreadable where it is none."""
    document = _loaded(name, given)
    unknown = sorted(set(document) - {"Version", "Id", "Statement"})
    statements = _list(document.get("Statement"))
    if unknown or not statements:
        raise Unreadable(f"{name} is no policy: {', '.join(unknown) + ' is unknown' if unknown else 'no Statement'}.")
    variables = document.get("Version") == _WITH_VARIABLES
    return Document(name, tuple(_statement(name, number, each, variables) for number, each in enumerate(statements, 1)))


def _loaded(name: str, given: str | Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        document: Any = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError as wrong:
        raise Unreadable(f"{name} is no JSON: {wrong}.") from wrong
    if not isinstance(document, Mapping):
        raise Unreadable(f"{name} is no policy: not an object.")
    return cast("Mapping[str, Any]", document)


def _statement(policy: str, number: int, given: Any, variables: bool) -> Statement:
    if not isinstance(given, Mapping):
        raise Unreadable(f"Statement {number} of {policy} is not an object.")
    body = cast("Mapping[str, Any]", given)
    if body.get("Effect") not in list(Effect):
        raise Unreadable(f"Statement {number} of {policy} neither allows nor denies: {body.get('Effect')!r}.")
    conditions, gaps = _conditions(body.get("Condition"), variables)
    gaps.extend(f"element {each} is unknown" for each in sorted(set(body) - _ELEMENTS))
    gaps.extend(
        f"{each} stands beside Not{each}"
        for each in ("Action", "Resource", "Principal")
        if {each, f"Not{each}"} <= set(body)
    )
    actions = _choice(body, "Action", variables=False)
    if actions is None:
        raise Unreadable(f"Statement {number} of {policy} names no action.")
    return Statement(
        policy=policy,
        sid=str(body.get("Sid") or f"#{number}"),
        effect=Effect(body["Effect"]),
        actions=actions,
        resources=_choice(body, "Resource", variables=variables),
        principals=_who(body),
        conditions=conditions,
        gaps=tuple(gaps),
    )


def _choice(body: Mapping[str, Any], element: str, *, variables: bool) -> Choice | None:
    negated = element not in body and f"Not{element}" in body
    texts = _texts(body.get(f"Not{element}" if negated else element))
    if not texts:
        return None
    return Choice(tuple(pattern.parse(each, variables=variables) for each in texts), negated)


def _who(body: Mapping[str, Any]) -> Who | None:
    negated = "Principal" not in body and "NotPrincipal" in body
    given: Any = body.get("NotPrincipal" if negated else "Principal")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        return Who(tuple(("AWS", each) for each in _texts(given)), negated)
    kinds = cast("Mapping[str, Any]", given)
    return Who(tuple((kind, each) for kind, names in kinds.items() for each in _texts(names)), negated)


def _conditions(given: Any, variables: bool) -> tuple[tuple[Condition, ...], list[str]]:
    gaps: list[str] = []
    found: list[Condition] = []
    for name, keys in cast("Mapping[str, Any]", given or {}).items():
        operator = operators.named(name)
        if operator is None:
            gaps.append(f"condition operator {name} is unknown")
            continue
        for key, values in cast("Mapping[str, Any]", keys).items():
            texts = tuple(_texts(values))
            misread = list(_misread(operator, name, texts))
            gaps.extend(misread)
            if misread:
                continue
            found.append(Condition(operator, key.lower(), texts, tuple(_patterns(operator, texts, variables))))
    return tuple(found), gaps


def _misread(operator: Operator, name: str, values: tuple[str, ...]) -> Iterator[str]:
    """Values that the operator has no meaning for."""
    for value in values:
        if operator.family in (Family.FLAG, Family.ABSENCE) and value.lower() not in ("true", "false"):
            yield f"{name} compares with {value}, which is neither true nor false"
        if operator.family in scale.ORDERED:
            try:
                scale.span(operator.family, value)
            except ValueError as wrong:
                yield f"{name}: {wrong}"


def _patterns(operator: Operator, values: tuple[str, ...], variables: bool) -> Iterator[Pattern]:
    if operator.takes_variables:
        for value in values:
            yield pattern.parse(value, variables=variables, wildcards=operator.takes_wildcards)


def _texts(given: Any) -> list[str]:
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in _list(given)]


def _list(given: Any) -> list[Any]:
    if given is None:
        return []
    return cast("list[Any]", given) if isinstance(given, list) else [given]
