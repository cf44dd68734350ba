"""Parties without a cloud."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from operations.isolation.model import Assertion, Came, Level, Outcome, Party
from stacks.blueprint.model import Blueprint
from stacks.conventions import naming
from stacks.inputs.fields import Isolation
from tests.unit.stacks import given


def party(tenant: str, *, age: int = 0, cell: int = 1, pooled: tuple[str, ...] = (), **outputs: Any) -> Party:
    """A tenant; `pooled` are kinds that it shares."""
    base = _base()
    specs = {kind: _pooled(spec) if kind in pooled else spec for kind, spec in base.specs.items()}
    facts = replace(base.facts, cell=cell, slug=naming.slug(given.KEY, tenant, 1))
    moved = replace(base, tenant_id=tenant, specs=specs, facts=facts)
    return Party(tenant, moved.stack, "digest", moved, outputs, age)


@cache
def _base() -> Blueprint:
    return given.blueprint(given.asked())


def _pooled(spec: Any) -> Any:
    return replace(spec, isolation=Isolation.POOL)


def assertion(**changes: Any) -> Assertion:
    made = Assertion(
        id="probe",
        numbers=(1,),
        claim="Nothing of others is read.",
        kind="object_store",
        level=Level.LIVE,
        control="Its own is read.",
        remedy="Close it.",
    )
    return replace(made, **changes)


WORKED = Outcome("own", Came.WORKED)
REFUSED = Outcome("theirs", Came.REFUSED, "AccessDenied")
UNCLEAR = Outcome("theirs", Came.UNCLEAR, "timed out")
OPEN = Outcome("theirs", Came.WORKED)
