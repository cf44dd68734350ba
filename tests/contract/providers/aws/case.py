"""One row's part in the suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.world import World


@dataclass(frozen=True)
class Live:
    """A resource that was made: what drift needs to know of it."""

    id: str
    inputs: Props
    outputs: Props


Drift = Callable[[World, Live], Any]


@dataclass(frozen=True)
class Case:
    """What to make, how to change it, what forces a successor, who meddles with it, and what is refused.

    `update` and `replace` are laid over the inputs; `drift` maps a property to what changes it behind the
    provider's back; `refused` are inputs that check must refuse, by property name. `foreign` are inputs under which
    somebody else's resource would be found, where tags can't tell. `lasts` says why it outlives its delete.
    """

    type: str
    inputs: Callable[[World, str], Props]
    update: Callable[[World, Props], Props] | None
    replace: Callable[[World, Props], Props] | None
    drift: dict[str, Drift]
    refused: Props
    foreign: Callable[[World, Props], Props] | None = None
    lasts: str = ""
    label: str = ""
