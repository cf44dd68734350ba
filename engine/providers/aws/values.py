"""When two property values are the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from engine.providers.aws import documents
from engine.providers.aws.table import Kind, Prop
from engine.providers.port import UNKNOWN, Unknown


def has_unknown(value: Any) -> bool:
    """Whether a value is unknown or holds something unknown."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, dict):
        return any(has_unknown(part) for part in cast("dict[str, Any]", value).values())
    return isinstance(value, list) and any(has_unknown(part) for part in cast("list[Any]", value))


def absent(value: Any) -> bool:
    """None, and empty text, list or group: all mean that nothing is asked for."""
    return value is None or value == "" or value == [] or value == {}


def same(prop: Prop, one: Any, other: Any) -> bool:
    """Whether two inputs mean the same. An unknown is the same as nothing."""
    if has_unknown(one) or has_unknown(other):
        return False
    if absent(one) or absent(other):
        return absent(one) and absent(other)
    if prop.kind is Kind.DOCUMENT:
        return documents.same(one, other)
    if prop.kind is Kind.WHOLE:
        return _exact(one) == _exact(other)
    if prop.kind is Kind.SET:
        return _bag(one) == _bag(other)
    return plain(one) == plain(other)


def alike(prop: Prop, given: Any, live: Any) -> bool:
    """Whether what AWS shows is what was given."""
    return same(prop, given, live) or bool(prop.alike and live is not None and prop.alike(given, live))


def plain(value: Any) -> Any:
    """A value without the differences that Pulumi's wire makes: 5.0 is 5, absent members don't count."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        parts = {k: plain(v) for k, v in cast("Mapping[str, Any]", value).items()}
        return {k: v for k, v in parts.items() if not absent(v)}
    if isinstance(value, list):
        return [plain(part) for part in cast("list[Any]", value)]
    return value


def known(value: Any) -> Any:
    """A value, or UNKNOWN as a whole where a part of it is: JSON text can't be made of unknown parts."""
    return UNKNOWN if has_unknown(value) else value


def _exact(value: Any) -> Any:
    """A value with all that it says, and without the differences of the wire."""
    if isinstance(value, dict):
        return {k: _exact(v) for k, v in cast("Mapping[str, Any]", value).items() if v is not None}
    if isinstance(value, list):
        return [_exact(part) for part in cast("list[Any]", value)]
    return plain(value)


def _bag(value: Any) -> list[str]:
    parts = cast("list[Any]", value) if isinstance(value, list) else [value]
    return sorted(json.dumps(plain(part), sort_keys=True, default=str) for part in parts)


def same_arn_or_id(given: Any, live: Any) -> bool:
    """A key or role given by id where AWS answers with its ARN, or the other way round."""
    one, other = str(given), str(live)
    if one.startswith("arn:") and other.startswith("arn:"):
        return one == other
    return one.rpartition("/")[2] == other.rpartition("/")[2]


def same_version(given: Any, live: Any) -> bool:
    """A version given in part: `16` where AWS runs `16.4`."""
    return str(live) == str(given) or str(live).startswith(f"{given}.")


def same_lower(given: Any, live: Any) -> bool:
    """Text that AWS keeps in lower case."""
    return str(given).lower() == str(live).lower()
