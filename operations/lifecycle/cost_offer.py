"""What a create would cost, told before it is agreed to: from the blueprint."""

from __future__ import annotations

from dataclasses import dataclass

from operations import costing, desired
from operations.bundle import Bundle, Rights
from operations.cost.change import CostChange


@dataclass(frozen=True, slots=True)
class Offer:
    """A tenant that a create would make, or go on making."""

    subject: str
    environment: str
    region: str
    cost: CostChange


def offer(bundle: Bundle, named: str) -> Offer | None:
    """The offer; None where the tenant is there, complete.

    Raises BadInput, Refused where it has no place to go or its cell is not there, CloudUnreachable: nothing is offered
    that can't be begun.
    """
    wanted = desired.to_make(bundle, desired.path_of(bundle, named))
    if wanted.recorded is not None and wanted.recorded.active_since is not None:
        return None
    bundle.open(Rights())
    blueprint = wanted.blueprint
    desired.check_stands(bundle, blueprint)
    return Offer(blueprint.tenant_id, blueprint.environment, blueprint.region, costing.of_tenant(wanted))
