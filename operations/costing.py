"""What an order changes in the monthly cost, against what the registry knows to be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operations.cost import change
from operations.cost.change import CostChange
from operations.desired import Desired
from operations.registry.model import Record
from stacks.blueprint.shared import SharedBlueprint


def of_tenant(wanted: Desired) -> CostChange:
    """The change that an apply of this tenant makes."""
    return change.of(wanted.blueprint.tenant_id, _there(wanted.recorded), wanted.blueprint)


def of_cell(subject: str, recorded: Record | None, blueprint: SharedBlueprint) -> CostChange:
    """The change that an apply of these shared services makes."""
    return change.of(subject, _there(recorded), blueprint)


def _there(recorded: Record | None) -> Mapping[str, Any] | None:
    """What was applied last; what was tried where that is not known; nothing where the stack was never complete."""
    if recorded is None or not recorded.active_since:
        return None
    return recorded.applied or recorded.blueprint or None
