"""What an apply would do to a tenant. Takes no lease and changes nothing."""

from __future__ import annotations

from engine.runs import Listener, ignore
from operations import costing, desired
from operations.bundle import Bundle, Rights
from operations.converging import check_not_going, check_quotas
from operations.previewing import previewed
from operations.reports import Planned
from stacks.blueprint.phase import LIVE


def plan(bundle: Bundle, named: str, listen: Listener = ignore, *, refresh: bool = False) -> Planned:
    """Preview the tenant of a profile; `refresh` counts drift too.

    Raises BadInput, Refused, RunFailed, CloudUnreachable.
    """
    wanted = desired.tenant(bundle, desired.path_of(bundle, named))
    blueprint = wanted.blueprint
    check_not_going(wanted.recorded)
    desired.check_change(wanted)
    workspaces = bundle.open(Rights())
    desired.check_shared(bundle, blueprint.region, wanted.facts.cell)
    check_quotas(bundle, workspaces, wanted)
    serial = workspaces.serial(blueprint.stack)
    run = workspaces.preview(blueprint.stack, bundle.programs.tenant(blueprint, LIVE), listen, refresh=refresh)
    return Planned(
        subject=blueprint.tenant_id,
        stack=blueprint.stack,
        digest=blueprint.digest,
        base_serial=serial,
        new=wanted.new,
        run=previewed(blueprint.tenant_id, run),
        cost=costing.of_tenant(wanted),
        facts=wanted.facts.to_json(),
    )
