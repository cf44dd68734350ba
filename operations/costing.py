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
    """What was ordered last; nothing where the stack was never complete: most of it may not be there."""
    return recorded.blueprint if recorded and recorded.active_since and recorded.blueprint else None
