"""Holes in the isolation of two tenants, planted past the tool: one module a service, a function a hole.

A hole is a generator: it opens, yields once, closes again. `@hole` says which results it must turn BROKEN, and which it
leaves without a proof; nothing else may change. A and B are the two tenants: `s3-read-others A>B` is what A tries on B.
Which two, `among` says: two of one tier. Where only some `levels` can see it, the others are not asked: they take long.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from operations.isolation.model import Level

if TYPE_CHECKING:
    from tests.local.holes.site import Site


class Among(StrEnum):
    """Of which tier the two are."""

    ENTERPRISE = "enterprise"
    STANDARD = "standard"
    STARTER = "starter"


Opening = Callable[["Site"], Generator[None]]


@dataclass(frozen=True)
class Hole:
    """One hole: how it is opened and closed, and what must notice it."""

    id: str
    opening: Opening
    breaks: frozenset[str]
    unproven: frozenset[str]
    among: Among
    levels: tuple[Level, ...]

    @property
    def told(self) -> str:
        """What it does, in a sentence: its docstring, else its name."""
        said = (self.opening.__doc__ or f"{self.id.replace('_', ' ').capitalize()}.").split("\n\n")[0]
        return " ".join(said.split())

    @contextmanager
    def open(self, site: Site) -> Generator[None]:
        """Open within."""
        steps = self.opening(site)
        next(steps)
        try:
            yield
        finally:
            assert next(steps, "closed") == "closed", f"{self.id} is not closed"


_FOUND: dict[str, Hole] = {}


def hole(
    *breaks: str, unproven: tuple[str, ...] = (), among: Among = Among.ENTERPRISE, levels: tuple[Level, ...] = ()
) -> Callable[[Opening], Opening]:
    """Put a hole into the table; the function's name is its id."""

    def put(opening: Opening) -> Opening:
        name = opening.__name__
        assert name not in _FOUND, f"two holes are called {name}"
        _FOUND[name] = Hole(name, opening, frozenset(breaks), frozenset(unproven), among, levels)
        return opening

    return put


def every() -> Iterator[Hole]:
    """All holes of the modules here, sorted by id."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
    yield from (_FOUND[name] for name in sorted(_FOUND))
