"""What the kinds of resources say that AWS bills, against the price table: the same thing by the same unit."""

from __future__ import annotations

import pytest

from operations.cost import estimate, shelf
from operations.cost.estimate import Gap
from stacks import catalog
from stacks.blueprint import shared
from tests.unit.stacks.given import asked, blueprint, local


@pytest.mark.parametrize("size", ["small", "medium", "large", "enterprise"])
def test_what_a_tenant_is_billed_for_is_counted_as_it_is_priced(size: str) -> None:
    found = estimate.of(size, blueprint(asked(size=size)), shelf.packaged())
    assert [line.dimension for line in found.lines if line.gap is Gap.UNIT] == []
    assert {line.kind for line in found.lines} <= {kind.name for kind in catalog.kinds()}


def test_what_shared_services_are_billed_for_is_counted_as_it_is_priced() -> None:
    environment = local()
    found = estimate.of("shared", shared.resolve(environment, "us-east-1", 1), shelf.packaged())
    assert found.total is not None
    assert [line.dimension for line in found.lines if line.gap in (Gap.UNIT, Gap.PRICE, Gap.BOTH)] == [
        "elasticache.backup",
        "backup.s3",
    ]


def test_storage_beyond_s3_s_first_tier_is_cut_into_its_tiers() -> None:
    wanted = blueprint(asked(size="enterprise", quotas={"storage_gb": 60_000}))
    lines = [each for each in estimate.of("big", wanted, shelf.packaged()).lines if each.kind == "object_store"]
    counted = {each.dimension: each.quantity for each in lines if each.unit == "GB-month" and each.quantity}
    assert counted == {"s3.standard.first_50tb": 51_200, "s3.standard.next_450tb": 8_800}
