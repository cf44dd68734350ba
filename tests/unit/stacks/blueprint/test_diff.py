from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stacks.blueprint import diff
from stacks.inputs import profile
from tests.unit.stacks.given import TEMPLATES, asked, blueprint, facts_of, named

FACTS = facts_of(asked())


def refused(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = blueprint(asked(**before), FACTS), blueprint(asked(**after), FACTS)
    return [fault.field for fault in diff.refusals(old, new)]


@pytest.mark.parametrize(
    "after",
    [
        {},
        {"database": {"storage_gb": 400}},
        {"cache": {"node_type": "cache.m7g.large", "replicas": 2}},
        {"size": "enterprise"},
        {"owner": "else@example.com", "expires_on": "2030-01-01"},
        {"enabled_tools": ["github"]},
        {"models": {"days": 30}},
    ],
)
def test_what_can_be_changed_in_place_is_not_refused(after: dict[str, Any]) -> None:
    assert refused({}, after) == []


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ({"database": {"storage_gb": 200}}, {"database": {"storage_gb": 100}}, "database.storage_gb"),
        ({"size": "large"}, {"size": "small"}, "database.storage_gb"),
        ({}, {"data_locations": {"database_schema": "else"}}, "data_locations.database_schema"),
        ({}, {"data_locations": {"blob_container": "else"}}, "data_locations.blob_container"),
        ({"models": {"days": 30}}, {}, "models"),
        ({"models": {"days": 30, "compliance": True}}, {"models": {"days": 30}}, "models.compliance"),
    ],
)
def test_what_would_lose_data_is_refused_in_the_profile_s_words(
    before: dict[str, Any], after: dict[str, Any], field: str
) -> None:
    assert refused(before, after) == [field]


def test_a_shrunk_disk_says_both_figures_and_why() -> None:
    old, new = (blueprint(asked(database={"storage_gb": size}), FACTS) for size in (200, 100))
    (fault,) = diff.refusals(old, new)
    assert fault.why == "200 GB -> 100 GB refused: RDS can't shrink a disk"
    assert fault.nearest == "200"


def test_a_refusal_can_be_placed_in_the_profile() -> None:
    wanted = profile.load(TEMPLATES / "profiles" / "acme.yaml")
    larger = blueprint(wanted.model_copy(update={"database": wanted.database.model_copy(update={"storage_gb": 400})}))
    (fault,) = diff.located(diff.refusals(larger, blueprint(wanted)), wanted)
    assert str(fault.where).endswith("acme.yaml:20:15")


def test_a_tenant_never_goes_to_a_lower_tier_another_region_or_another_slug() -> None:
    old = blueprint(named("acme"))
    lower = replace(old, tier="starter", tier_rank=1)
    moved = replace(old, facts=replace(old.facts, region="eu-central-1", cell=2))
    other = replace(old, facts=replace(old.facts, slug="tzzzzzzzzz"))
    older = replace(old, tier_version=0)
    assert [fault.field for fault in diff.refusals(old, lower)] == ["tier"]
    assert [fault.field for fault in diff.refusals(old, moved)] == ["region", "region"]
    assert [fault.field for fault in diff.refusals(old, other)] == ["tenant"]
    assert [fault.field for fault in diff.refusals(old, older)] == ["tier_version"]


def test_a_kind_s_isolation_does_not_change_without_a_migration() -> None:
    old = blueprint(named("acme"))
    cache: Any = old.specs["cache"]
    bridged = replace(old, specs={**old.specs, "cache": replace(cache, isolation="bridge")})
    (fault,) = diff.refusals(bridged, old)
    assert "needs a migration" in fault.why


def test_the_network_of_a_tenant_with_data_stays() -> None:
    inside = blueprint(asked())
    own = blueprint(asked(network={"dedicated": True}))
    assert "network.dedicated" in [fault.field for fault in diff.refusals(inside, own)]
