"""A tier never takes from a live tenant what keeps it apart, and says what would be needed instead."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pytest

from operations.settings import PACKAGED
from tests.unit.cli.conftest import Tenant

PLAIN: dict[str, Any] = {"size": "small", "database": {}}


def edited(tenant: Tenant, old: str, new: str) -> None:
    """The tier of acme, version 1, is another text from now on."""
    tiers = tenant.world.profiles.parent / "tiers"
    shutil.copytree(PACKAGED / "tiers", tiers, dirs_exist_ok=True)
    file = tiers / "enterprise/1.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("kind", ["cache", "network", "object_store", "encryption"])
def test_an_edited_tier_that_would_weaken_a_live_tenant_is_refused(tenant: Tenant, kind: str) -> None:
    edited(tenant, f"{kind}: silo", f"{kind}: pool")
    for command in (("plan", "acme"), ("apply", "acme")):
        refused = tenant(*command)
        assert refused.code == 3
        assert f"says now: {kind}: silo -> pool." in refused.err
        assert "tiers/enterprise/1.yaml:" in refused.err
        assert "Put the file back" in refused.err
    assert tenant.world.cloud.log == []


def test_a_tier_s_rank_is_not_edited_under_a_live_tenant(tenant: Tenant) -> None:
    for rank in (2, 4):
        edited(tenant, "rank: 3", f"rank: {rank}")
        refused = tenant("plan", "acme")
        assert refused.code == 3
        assert "enterprise/1.yaml:5:" in refused.err
        assert "had rank 3" in refused.err
    edited(tenant, "rank: 3", "rank: 3")
    assert tenant("plan", "acme").code == 0


def test_a_size_that_the_tier_lacks_is_bad_input_of_a_live_tenant_too(tenant: Tenant) -> None:
    tenant.world.write("hooli", tier="starter", **PLAIN)
    assert tenant("create", "hooli").code == 0
    tenant.world.write("hooli", tier="starter", **(PLAIN | {"size": "large"}))
    answer = tenant("plan", "hooli")
    assert answer.code == 2
    assert "tier `starter` has no size `large`" in answer.err


@pytest.mark.parametrize("lower", ["standard", "starter"])
def test_a_lower_tier_is_bad_input_that_names_every_kind(tenant: Tenant, lower: str) -> None:
    tenant.world.write("acme", tier=lower, **PLAIN)
    for command in ("plan", "apply"):
        answer = tenant(command, "acme")
        assert answer.code == 2
        assert f"enterprise -> {lower} refused: a tenant can't go to a lower tier" in answer.err
        assert "cache: silo -> " in answer.err
    assert tenant.world.cloud.log == []


def test_a_higher_tier_is_told_what_it_needs(tenant: Tenant) -> None:
    tenant.world.write("hooli", tier="starter", **PLAIN)
    assert tenant("create", "hooli").code == 0
    tenant.world.write("hooli", tier="enterprise", size="small", database={})
    answer = tenant("apply", "hooli")
    assert answer.code == 2
    assert "database: pool -> silo needs a migration" in answer.err


def test_a_restored_tenant_whose_place_nobody_knows_is_refused(tenant: Tenant) -> None:
    tenant.world.write("hooli", tier="standard", **PLAIN)
    assert tenant("create", "hooli").code == 0
    record = tenant.world.registry.find("local", "hooli")
    assert record is not None
    lost = {**record.facts, "cache_shard": None, "database_shard": None}
    tenant.world.registry.save(replace(record, facts=lost, applied={}, blueprint={}))
    answer = tenant("plan", "hooli")
    assert answer.code == 3
    assert "nobody knows any more where it is" in answer.err
