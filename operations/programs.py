"""The program of a recorded stack, tenant or shared services alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.bundle import Bundle
from operations.registry.model import Kind, Record
from stacks.blueprint import model, shared
from stacks.blueprint.phase import Phase
from stacks.errors import Refused

if TYPE_CHECKING:
    from engine.inline import Program


def of(bundle: Bundle, record: Record, phase: Phase) -> Program:
    """What declares the stack of this record in this phase, as it was last attempted.

    Raises Refused where that is not known.
    """
    if not record.blueprint:
        raise Refused(
            f"{record.subject}: it is not known what it shall have.",
            why="The registry was rebuilt from tags: the run that made it did not end.",
            next=f"End that run first: `tenant create {record.subject}`.",
        )
    if record.kind is Kind.TENANT:
        return bundle.programs.tenant(model.from_json(dict(record.blueprint)), phase)
    return bundle.programs.shared(shared.from_json(dict(record.blueprint)), phase)
