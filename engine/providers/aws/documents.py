"""JSON policy documents: one canonical text, and equality that sees through formatting."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any, cast

# IAM keeps one value and a list of one value apart in text and alike in meaning.
_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated", "CanonicalUser"})


def canonical(document: Any) -> str:
    """The document as JSON with sorted keys and no spaces. Raises ValueError when it is not JSON."""
    parsed = json.loads(document) if isinstance(document, str) else document
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")
    return json.dumps(parsed, sort_keys=True, separators=(",", ":"))


def live(document: Any) -> str | None:
    """What an API returned as a policy (text, URL-encoded text, or already parsed) as canonical text."""
    if not document:
        return None
    if isinstance(document, str) and document.startswith("%7B"):
        document = urllib.parse.unquote(document)
    return canonical(document)


def same(one: Any, other: Any) -> bool:
    """Whether two documents mean the same: key order, spaces, and single values against lists of one are ignored."""
    try:
        return _meaning(json.loads(canonical(one))) == _meaning(json.loads(canonical(other)))
    except (ValueError, TypeError):
        return one == other


def _meaning(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _meaning(v, k) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        parts = [_meaning(part) for part in cast("list[Any]", value)]
        if key in _LISTS and all(isinstance(part, str) for part in parts):
            parts = sorted(set(parts))
        return parts[0] if key in _LISTS and len(parts) == 1 else parts
    return value
