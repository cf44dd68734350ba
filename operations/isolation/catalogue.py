"""The one list of assertions: finds the modules of `operations.isolation.assertions`, in sorted order."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from operations.isolation import assertions
from operations.isolation.model import Assertion, Party, Report
from operations.isolation.ports import Case

Check: TypeAlias = Callable[[Case], Report]


def _always(_a: Party, _b: Party | None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """An assertion, how it is checked, and which tenants it is about beyond their models."""

    assertion: Assertion
    check: Check
    applies: Callable[[Party, Party | None], bool] = _always

    def holds_for(self, a: Party, b: Party | None) -> bool:
        """Whether there is something to be checked of these."""
        asked = [a] if b is None else [a, b]
        return all(each.model(self.assertion.kind) in self.assertion.models for each in asked) and self.applies(a, b)


@cache
def entries() -> tuple[Entry, ...]:
    """All assertions, sorted by id: a module each, with ASSERTION, `check`, and `applies` where it needs one."""
    modules = (importlib.import_module(f"{assertions.__name__}.{name}") for name in names())
    found = (Entry(module.ASSERTION, module.check, getattr(module, "applies", _always)) for module in modules)
    return tuple(sorted(found, key=lambda entry: entry.assertion.id))


def names() -> tuple[str, ...]:
    """Names of the modules, sorted."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(assertions.__path__)))
