"""Programs from blueprints, with the official Pulumi SDKs; they are imported when the first program is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.blueprint.settled import NOBODY, Settled
from stacks.blueprint.shared import SharedBlueprint

if TYPE_CHECKING:
    from engine.inline import Program

_ROOT: Final = Path(__file__).parents[2]
_SOURCES: Final = ("stacks", "engine/providers")
"""What declares resources, and what makes of them what is sent."""

_SDKS: Final = ("pulumi", "pulumi-aws", "pulumi-kubernetes", "pulumi-postgresql", "pulumi-random")


@dataclass(frozen=True, slots=True)
class OfficialPrograms:
    """The programs of `stacks.programs`."""

    @property
    def version(self) -> str:
        """SHA-256 of the sources and of the SDKs' versions: a checkout's programs change without a release."""
        return _version()

    def tenant(self, blueprint: Blueprint, phase: Phase, settled: Settled = NOBODY) -> Program:
        """What declares a tenant."""
        from stacks.programs import tenant

        return tenant.program(blueprint, phase, settled)

    def shared(self, blueprint: SharedBlueprint, phase: Phase) -> Program:
        """What declares a cell's shared services."""
        from stacks.programs import shared_services

        return shared_services.program(blueprint, phase)


@cache
def _version() -> str:
    known = hashlib.sha256(repr([metadata.version(each) for each in _SDKS]).encode())
    for file in sorted(path for folder in _SOURCES for path in (_ROOT / folder).rglob("*.py")):
        known.update(file.read_bytes())
    return known.hexdigest()
