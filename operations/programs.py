"""The program of a recorded stack, tenant or shared services alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.bundle import Bundle
from operations.registry.model import Kind, Record
from stacks.blueprint import model, shared
from stacks.blueprint.phase import Phase

if TYPE_CHECKING:
    from engine.workspaces import Program


def of(bundle: Bundle, record: Record, phase: Phase) -> Program:
    """What declares the stack of this record, as it was last attempted, in this phase."""
    if record.kind is Kind.TENANT:
        return bundle.programs.tenant(model.from_json(dict(record.blueprint)), phase)
    return bundle.programs.shared(shared.from_json(dict(record.blueprint)), phase)
