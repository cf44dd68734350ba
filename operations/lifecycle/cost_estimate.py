"""What tenants would cost, and apart from them the shared services they stand on: from blueprints, without a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations import desired
from operations.bundle import Bundle
from operations.cost import estimate, shelf
from operations.cost.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Estimated:
    """Tenants in the order they were named, and the shared services of their cells, sorted by name."""

    tenants: tuple[Estimate, ...]
    shared: tuple[Estimate, ...]


def estimates(bundle: Bundle, named: Sequence[str]) -> Estimated:
    """Estimate the tenants of profiles. Raises BadInput, and Refused where a new tenant has no place to go."""
    prices = shelf.packaged()
    wanted = [desired.tenant(bundle, desired.path_of(bundle, name)) for name in dict.fromkeys(named)]
    tenants = tuple(estimate.of(one.blueprint.tenant_id, one.blueprint, prices) for one in wanted)
    cells = sorted({(one.blueprint.region, one.facts.cell) for one in wanted})
    shared = (
        estimate.of(desired.shared_subject(region, cell), desired.cell(bundle, region, cell), prices)
        for region, cell in cells
    )
    return Estimated(tenants, tuple(shared))
