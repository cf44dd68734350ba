"""Programs from blueprints, with the official Pulumi SDKs; they are imported when the first program is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.blueprint.shared import SharedBlueprint

if TYPE_CHECKING:
    from engine.inline import Program


@dataclass(frozen=True, slots=True)
class OfficialPrograms:
    """The programs of `stacks.programs`."""

    def tenant(self, blueprint: Blueprint, phase: Phase) -> Program:
        """What declares a tenant."""
        from stacks.programs import tenant

        return tenant.program(blueprint, phase)

    def shared(self, blueprint: SharedBlueprint, phase: Phase) -> Program:
        """What declares a cell's shared services."""
        from stacks.programs import shared_services

        return shared_services.program(blueprint, phase)
