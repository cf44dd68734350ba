"""The one registry: finds the kinds of resources, a folder each in `stacks/resources`, in sorted order."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

import stacks.resources
from stacks.resources.kind import Kind


@cache
def kinds() -> tuple[Kind[Any], ...]:
    """All kinds, sorted by name."""
    folders = sorted(found.name for found in pkgutil.iter_modules(stacks.resources.__path__) if found.ispkg)
    return tuple(importlib.import_module(f"stacks.resources.{folder}.spec").KIND for folder in folders)


def kind(name: str) -> Kind[Any]:
    """One kind. Raises KeyError where there is none of this name."""
    return {kind.name: kind for kind in kinds()}[name]
