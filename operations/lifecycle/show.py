"""One tenant: what it has and how to reach it. From the registry only."""

from __future__ import annotations

from collections.abc import Mapping

from engine.runs import Output
from operations import connecting, known, prospects, roots
from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Shown
from stacks.blueprint import limits, model
from stacks.blueprint.limits import Limit
from stacks.inputs.environment import Target


def show(bundle: Bundle, tenant_id: str) -> Shown:
    """A tenant's record and the commands that connect to its parts. Raises BadInput where there is none."""
    record = known.tenant(bundle, tenant_id)
    connect = connecting.commands(record, local=bundle.environment.target is Target.LOCAL)
    if record.live:
        return Shown(record, connect, limits=_limits(record))
    return Shown(record, connect, prospects.kept(record), _final_snapshot(bundle, record))


def outputs(bundle: Bundle, tenant_id: str) -> Mapping[str, Output]:
    """A tenant's stack outputs; values of secret ones are not in the registry. Raises BadInput where there is none."""
    return known.tenant(bundle, tenant_id).outputs


def _limits(record: Record) -> tuple[Limit, ...]:
    """Of what was applied; none where nothing was yet."""
    return limits.of(model.from_json(dict(record.applied))) if record.applied else ()


def _final_snapshot(bundle: Bundle, record: Record) -> str:
    """Its name, where there was a database to take it of and no purge since."""
    if record.purged or record.destruction is None or record.active_since is None:
        return ""
    names = roots.names(bundle, record)
    return names.final_snapshot(record.destruction.run_id)
