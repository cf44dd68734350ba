"""Hooks into the emulators' own functions, each by name, each checked to be there.

Private names move without notice, hence the pinned versions; a name that is gone stops the launcher at once, and a
test installs all hooks against what is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HOOKED: list[str] = []


class MissingHook(AttributeError):
    """An emulator no longer has a name that the local cloud hooks into or uses."""


def find(owner: Any, name: str) -> Any:
    """The emulator's own thing. Raises MissingHook."""
    try:
        found = getattr(owner, name)
    except AttributeError as gone:
        whole = f"{getattr(owner, '__module__', '')}.{getattr(owner, '__qualname__', owner.__name__)}.{name}"
        raise MissingHook(f"{whole} is gone from this version of the emulator") from gone
    HOOKED.append(f"{getattr(owner, '__qualname__', owner.__name__)}.{name}")
    return found


def around(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
    """Call `replacement(original, *arguments)` in place of the emulator's function or method."""
    original = find(owner, name)

    def hooked(*arguments: Any, **named: Any) -> Any:
        return replacement(original, *arguments, **named)

    setattr(owner, name, hooked)


def instead(owner: Any, name: str, replacement: Any) -> Any:
    """Put something in place of the emulator's own, which is returned."""
    original = find(owner, name)
    setattr(owner, name, replacement)
    return original
