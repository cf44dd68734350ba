"""What stands in policies: whom they let in, and which tenants they name. Pure.

A tenant is known by its slug, which no other text of a policy looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

_SLUG: Final = re.compile(r"(?<![a-z0-9])(t[a-z2-7]{9})(?![a-z0-9])")

Statement = Mapping[str, Any]


def read(document: object) -> tuple[Statement, ...]:
    """Statements of a document, which AWS gives as text or as an object."""
    found = json.loads(document) if isinstance(document, str) else document
    statements: Any = cast("Mapping[str, Any]", found).get("Statement") or ()
    return (cast("Statement", statements),) if isinstance(statements, Mapping) else tuple(statements)


def allowing(document: object) -> Iterator[Statement]:
    """Statements that allow."""
    return (each for each in read(document) if each.get("Effect") == "Allow")


def strangers(statement: object, own: str) -> tuple[str, ...]:
    """Slugs of other tenants in a statement, sorted."""
    return tuple(sorted(set(_SLUG.findall(json.dumps(statement, default=str))) - {own}))


def principals(statement: Statement, kind: str) -> tuple[str, ...]:
    """Principals of a kind, `AWS` or `Service`; `*` for everybody."""
    given = statement.get("Principal")
    if given == "*":
        return ("*",) if kind == "AWS" else ()
    named = cast("Mapping[str, Any]", given or {}).get(kind) or ()
    return (named,) if isinstance(named, str) else tuple(named)


def conditions(statement: Statement) -> frozenset[str]:
    """Keys that its condition asks, in lower case."""
    asked = cast("Mapping[str, Mapping[str, Any]]", statement.get("Condition") or {})
    return frozenset(key.lower() for keys in asked.values() for key in keys)
