"""Condition operators by name. Source: IAM UserGuide, reference_policies_elements_condition_operators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final


class Family(Enum):
    """What values are compared as."""

    TEXT = auto()
    FOLDED_TEXT = auto()
    """Without regard to upper and lower case."""
    LIKE = auto()
    ARN = auto()
    """Six parts between colons, each with wildcards of its own; ArnEquals and ArnLike are the same."""
    FLAG = auto()
    NUMBER = auto()
    MOMENT = auto()
    ADDRESS = auto()
    ABSENCE = auto()
    """The operator Null."""


class Relation(Enum):
    """How the request's value stands to the policy's."""

    EQUAL = auto()
    LESS = auto()
    AT_MOST = auto()
    MORE = auto()
    AT_LEAST = auto()


class Each(Enum):
    """Which of the request's values must fit."""

    SINGLE = auto()
    ALL = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator. A negated one holds where none of the policy's values fits, and where the key is absent."""

    family: Family
    relation: Relation = Relation.EQUAL
    negated: bool = False
    if_exists: bool = False
    each: Each = Each.SINGLE

    @property
    def takes_variables(self) -> bool:
        """Whether policy variables in its values mean something: strings and ARNs only."""
        return self.family in (Family.TEXT, Family.FOLDED_TEXT, Family.LIKE, Family.ARN)

    @property
    def takes_wildcards(self) -> bool:
        """Whether `*` and `?` in its values are wildcards."""
        return self.family in (Family.LIKE, Family.ARN)


_NAME: Final = re.compile(r"(?:(?P<each>ForAllValues|ForAnyValue):)?(?P<base>[A-Za-z]+?)(?P<if_exists>IfExists)?")
_EACH: Final = MappingProxyType({None: Each.SINGLE, "ForAllValues": Each.ALL, "ForAnyValue": Each.ANY})
_ORDER: Final = (
    ("Equals", Relation.EQUAL, False),
    ("NotEquals", Relation.EQUAL, True),
    ("LessThan", Relation.LESS, False),
    ("LessThanEquals", Relation.AT_MOST, False),
    ("GreaterThan", Relation.MORE, False),
    ("GreaterThanEquals", Relation.AT_LEAST, False),
)
_BASES: Final[Mapping[str, Operator]] = MappingProxyType(
    {
        "StringEquals": Operator(Family.TEXT),
        "StringNotEquals": Operator(Family.TEXT, negated=True),
        "StringEqualsIgnoreCase": Operator(Family.FOLDED_TEXT),
        "StringNotEqualsIgnoreCase": Operator(Family.FOLDED_TEXT, negated=True),
        "StringLike": Operator(Family.LIKE),
        "StringNotLike": Operator(Family.LIKE, negated=True),
        "ArnEquals": Operator(Family.ARN),
        "ArnLike": Operator(Family.ARN),
        "ArnNotEquals": Operator(Family.ARN, negated=True),
        "ArnNotLike": Operator(Family.ARN, negated=True),
        "Bool": Operator(Family.FLAG),
        "IpAddress": Operator(Family.ADDRESS),
        "NotIpAddress": Operator(Family.ADDRESS, negated=True),
        "Null": Operator(Family.ABSENCE),
        **{f"Numeric{name}": Operator(Family.NUMBER, relation, negated) for name, relation, negated in _ORDER},
        **{f"Date{name}": Operator(Family.MOMENT, relation, negated) for name, relation, negated in _ORDER},
    }
)


def named(name: str) -> Operator | None:
    """The operator of that name, None where there is none that is known here, such as BinaryEquals."""
    found = _NAME.fullmatch(name)
    base = _BASES.get(found["base"]) if found else None
    if found is None or base is None:
        return None
    if base.family is Family.ABSENCE and (found["each"] or found["if_exists"]):
        return None
    return Operator(base.family, base.relation, base.negated, bool(found["if_exists"]), _EACH[found["each"]])
