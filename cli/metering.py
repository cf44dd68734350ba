"""What tenants use, for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from cli import render
from cli.context import Session
from operations.lifecycle.usage import Metered
from stacks.errors import BadInput

COLUMNS: Final = ("TENANT", "MONTH (UTC)", "GPU HOURS", "ALLOWED", "PODS", "NEW PODS WITH GPUS", "OBJECTS (GB)")
APPROXIMATE: Final = "Approximate: pods that began and ended between two runs of `tenant usage record` may be missing."


def chosen(tenants: Sequence[str], *, every: bool) -> Sequence[str]:
    """The tenants that a command names; none for all. Raises BadInput where neither or both are said."""
    if every == bool(tenants):
        raise BadInput("It is not said whose usage.", next="Name tenants, or give `--all`.")
    return tenants


def tell(session: Session, found: Iterable[Metered]) -> None:
    """A line for each tenant."""
    told = list(found)
    if session.json:
        render.as_json({"approximate": True, "tenants": [shape(each) for each in told]})
        return
    render.table(COLUMNS, [_row(each) for each in told])
    render.lines([APPROXIMATE])


def shape(one: Metered) -> dict[str, Any]:
    """One tenant, by the schemas `usage-record` and `usage-show`."""
    return {
        "tenant": one.tenant,
        "month": str(one.month),
        "gpu_hours": one.hours,
        "gpu_seconds": one.seconds,
        "gpu_hours_allowed": one.hours_allowed,
        "pods": one.pods,
        "gate": one.gate.value if one.gate else None,
        "object_bytes": one.object_bytes,
        "objects_gb_allowed": one.objects_gb_allowed,
    }


def _row(one: Metered) -> tuple[str, ...]:
    gate = {"open": "let in", "closed": "refused"}[one.gate.value] if one.gate else "-"
    hours = (f"{one.hours:,.2f}", f"{one.hours_allowed:,}")
    return (one.tenant, str(one.month), *hours, str(one.pods), gate, _objects(one))


def _objects(one: Metered) -> str:
    if one.object_bytes is None:
        return "-"
    return f"{one.object_bytes / 1024**3:,.2f} of {one.objects_gb_allowed:,}"
