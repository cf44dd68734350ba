"""What a program asks for, as data. Pure; `requests` reads it from the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.embedded.snapshot import Row
from engine.providers.port import Props


@dataclass(frozen=True, slots=True)
class Goal:
    """One resource that the program declares. `protect` and `retain_on_delete` None mean: as the parent."""

    type: str
    name: str
    custom: bool
    inputs: Props
    parent: str = ""
    provider: str = ""
    version: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict[str, float])
    deleted_with: str = ""
    aliases: tuple[str, ...] = ()


def row_of(urn: str, goal: Goal, inputs: Props, provider: str) -> Row:
    """The row that a goal asks for, without id, outputs and times."""
    return Row(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=inputs,
        parent=goal.parent,
        provider=provider,
        dependencies=goal.dependencies,
        property_dependencies=goal.property_dependencies,
        protect=bool(goal.protect),
        retain_on_delete=bool(goal.retain_on_delete),
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.custom_timeouts,
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        deleted_with=goal.deleted_with,
    )
