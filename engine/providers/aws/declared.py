"""What the official SDK declares of each type, kept as data so that running needs no pulumi_aws (0.25 s, 60 MB)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("declared.json")


@dataclass(frozen=True, slots=True)
class Declared:
    """Names of a type's inputs, and of all its outputs (inputs come back as outputs)."""

    inputs: frozenset[str]
    outputs: frozenset[str]


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, list[str]]]:
    return json.loads(FILE.read_text())


@lru_cache(maxsize=256)
def of(type: str) -> Declared:
    """What the SDK declares of this type. Raises KeyError for a type that is not in the file."""
    entry = _all()[type]
    return Declared(frozenset(entry["inputs"]), frozenset(entry["outputs"]))
