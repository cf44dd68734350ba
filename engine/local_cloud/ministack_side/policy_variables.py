"""Policy variables, `${aws:PrincipalTag/slug}`, which MiniStack takes as they stand: what is true would not match.

AWS puts the request's value in their place, in Resource, NotResource and the values of string and ARN conditions, of
policies of version 2012-10-17 only. A variable without a value, and without a default, matches nothing. `${*}`, `${?}`
and `${$}` are these characters themselves (IAM User Guide, "IAM policy elements: Variables and tags").
"""

from __future__ import annotations

import contextvars
import importlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final, cast

from engine.local_cloud import hooks

Values = Callable[[str], str | None]
"""What the request says of a key: None where nothing."""

_VERSION: Final = "2012-10-17"
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_LITERALS: Final = frozenset("*?$")
# what a wildcard match must take for itself: stand-ins from the private use area, in pattern and value alike
_STAND_INS: Final = str.maketrans({"*": "\ue000", "?": "\ue001"})
_STANDING: Final = frozenset("\ue000\ue001")
_WILD: Final = re.compile(r"like|^(for\w+values:)?arn", re.IGNORECASE)
_TAKES_THEM: Final = re.compile(r"^(for(all|any)values?:)?(string|arn)", re.IGNORECASE)
_NEGATED: Final = re.compile(r"not", re.IGNORECASE)
_IN_A_RESOURCE_POLICY: contextvars.ContextVar[bool] = contextvars.ContextVar("in_a_resource_policy", default=False)


def install() -> None:
    """Hook how MiniStack's IAM reads and matches statements: identity, boundary, resource and trust policies alike."""
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    hooks.find(evaluator, "_resolve_condition_key")

    def values(context: Any) -> Values:
        def value(key: str) -> str | None:
            found = evaluator._resolve_condition_key(key, context)
            return None if found is None or isinstance(found, list) else str(found)

        return value

    def first_match(original: Callable[..., Any], context: Any, statements: Iterable[Any], effect: str) -> Any:
        known = values(context)
        return original(context, [told for each in statements if (told := _resources(each, known))], effect)

    def conditions_met(original: Callable[..., bool], wanted: Any, context: Any) -> bool:
        told = conditions(wanted or {}, values(context))
        return told is not None and original(told, context)

    hooks.around(evaluator, "_first_match", first_match)
    hooks.around(evaluator, "_conditions_met", conditions_met)
    hooks.around(evaluator, "fnmatch_iam_cs", _with_stand_ins)
    hooks.around(evaluator, "parse_policy_document", _by_version)
    hooks.around(evaluator, "evaluate_resource_policy", _resource_policy)


def substituted(text: str, values: Values, *, wild: bool) -> str | None:
    """The text with the request's values, None where one has none. `wild`: what is put in may be no wildcard."""
    told: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        value = _value(found[1], values)
        if value is None:
            return None
        told += [text[end : found.start()], value.translate(_STAND_INS) if wild else value]
        end = found.end()
    return "".join(told) + text[end:]


def _value(inside: str, values: Values) -> str | None:
    if inside in _LITERALS:
        return inside
    key, comma, default = inside.partition(",")
    value = values(key.strip())
    return default.strip().strip("'") if value is None and comma else value


def conditions(wanted: dict[str, Any], values: Values) -> dict[str, Any] | None:
    """Conditions with the request's values; None where they can't be met: a value of a negated one is not known."""
    told: dict[str, Any] = {}
    for operator, keys in wanted.items():
        if not _TAKES_THEM.match(operator) or not isinstance(keys, dict):
            told[operator] = keys
            continue
        told[operator] = {}
        for key, expected in cast("dict[str, Any]", keys).items():
            several = cast("list[Any]", expected) if isinstance(expected, list) else [expected]
            known = [substituted(str(each), values, wild=bool(_WILD.search(operator))) for each in several]
            if None in known and (_NEGATED.search(operator) or not any(known)):
                return None
            told[operator][key] = [each for each in known if each is not None]
    return told


def _resources(statement: Any, values: Values) -> Any:
    """The statement about the resources that it names for this request; None where it names none."""
    named = [substituted(each, values, wild=True) for each in statement.resources]
    excepted = [substituted(each, values, wild=True) for each in statement.not_resources]
    known = [each for each in named if each is not None]
    if None in excepted or (named and not known):
        return None
    return replace(statement, resources=known, not_resources=excepted)


def _with_stand_ins(original: Callable[[str, str], bool], value: str, pattern: str) -> bool:
    return original(value.translate(_STAND_INS) if _STANDING & {*pattern} else value, pattern)


def _resource_policy(original: Callable[..., Any], document: Any, *rest: Any, **named: Any) -> Any:
    """MiniStack hands on the statements without their document's version: they are read here by it."""
    token = _IN_A_RESOURCE_POLICY.set(True)
    try:
        return original(_read_by_version(document), *rest, **named)
    finally:
        _IN_A_RESOURCE_POLICY.reset(token)


def _by_version(original: Callable[[Any], Any], document: Any) -> Any:
    return original(document if _IN_A_RESOURCE_POLICY.get() else _read_by_version(document))


def _read_by_version(document: Any) -> Any:
    """A policy of an older version, or of none, knows no variables: what looks like one stands for itself."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return document
    if not isinstance(document, dict) or cast("dict[str, Any]", document).get("Version") == _VERSION:
        return cast("Any", document)
    return _plain(cast("Any", document))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("${", "${$}{")
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("dict[str, Any]", value).items()}
    return value
