"""What an apply would do to a tenant: the preview of what it shall have, and what that is against."""

from __future__ import annotations

from engine.runs import Listener
from operations import costing, desired, lost, settled, terms
from operations.bundle import Bundle, Rights
from operations.converging import check_not_going, check_quotas
from operations.desired import Desired
from operations.previewing import previewed
from operations.reports import Planned
from stacks.blueprint.phase import LIVE


def planned(bundle: Bundle, wanted: Desired, listen: Listener, *, refresh: bool) -> Planned:
    """Preview it; `refresh` counts drift too. Raises BadInput, Refused, RunFailed, CloudUnreachable."""
    blueprint = wanted.blueprint
    check_not_going(wanted.recorded)
    desired.check_change(wanted)
    workspaces = bundle.open(Rights())
    desired.check_stands(bundle, blueprint)
    lost.check_tenant(bundle, blueprint)
    check_quotas(bundle, workspaces, wanted)
    # the base is looked up first: what is written during the preview makes a moved base, never an unseen one
    serial, fingerprint = workspaces.serial(blueprint.stack), workspaces.fingerprint(blueprint.stack)
    rest = settled.of(bundle, workspaces, wanted, refresh=refresh)
    program = bundle.programs.tenant(blueprint, LIVE, rest.members)
    run = workspaces.preview(blueprint.stack, program, listen, refresh=refresh, exclude=rest.urns)
    return Planned(
        subject=blueprint.tenant_id,
        incarnation=blueprint.incarnation,
        stack=blueprint.stack,
        digest=blueprint.digest,
        blueprint=blueprint.to_json(),
        base_serial=serial,
        base_fingerprint=fingerprint,
        new=wanted.new,
        run=previewed(blueprint.tenant_id, run),
        cost=costing.of_tenant(wanted),
        facts=wanted.facts.to_json(),
        refresh=refresh,
        terms=terms.of(wanted),
    )
