"""One tenant: what it has and how to reach it. From the registry only."""

from __future__ import annotations

from collections.abc import Mapping

from engine.runs import Output
from operations import connecting, known
from operations.bundle import Bundle
from operations.reports import Shown
from stacks.inputs.environment import Target


def show(bundle: Bundle, tenant_id: str) -> Shown:
    """A tenant's record and the commands that connect to its parts. Raises BadInput where there is none."""
    record = known.tenant(bundle, tenant_id)
    return Shown(record, connecting.commands(record, local=bundle.environment.target is Target.LOCAL))


def outputs(bundle: Bundle, tenant_id: str) -> Mapping[str, Output]:
    """A tenant's stack outputs; values of secret ones are not in the registry. Raises BadInput where there is none."""
    return known.tenant(bundle, tenant_id).outputs
