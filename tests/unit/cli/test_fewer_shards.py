"""What tenants share grows and never shrinks: who stands on it is told at the environment's line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.cli.conftest import Tenant
from tests.unit.cli.test_root_changes import edited
from tests.unit.cli.test_tier_changes import PLAIN

ONE = "databases: {count: 1"
TWO = "databases: {count: 2, instance_class: db.t4g.medium, storage_gb: 50"


@pytest.fixture
def second(bare: Tenant) -> Tenant:
    """Two instances in each cell, and a tenant on the second one."""
    edited(bare, ONE, "databases: {count: 2")
    assert bare("shared", "apply", "--yes").code == 0
    for name in ("hooli", "initech"):
        bare.world.write(name, tier="standard", **PLAIN)
        assert bare("create", name).code == 0
    bare.world.cloud.log.clear()
    return bare


@pytest.mark.parametrize("command", ["plan", "apply", "create"])
def test_a_tenant_whose_instance_is_taken_away_is_refused(second: Tenant, command: str) -> None:
    edited(second, ONE, ONE)
    refused = second(command, "initech", "--yes")
    assert refused.code == 2
    assert "environments/local.yaml:" in refused.err
    assert "shared.data.databases.count: 1 of each cell's shared databases, and initech is on number 2." in refused.err
    assert "Allowed: 2 or more." in refused.err
    assert second(command, "hooli", "--yes").code == 0
    assert second("shared", "plan").code == 2


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (ONE, "databases: {count: 0", "databases.count"),
        ("caches: {count: 1", "caches: {count: 0", "caches.count"),
    ],
)
def test_none_at_all_is_refused_for_everybody(second: Tenant, old: str, new: str, key: str) -> None:
    edited(second, old, new)
    refused = second("plan", "hooli")
    assert refused.code == 2
    assert f"shared.data.{key}: 0 of each" in refused.err
    assert second.world.cloud.log == []


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [({"network": {"dedicated": True}, "cluster": {"dedicated": True}}, "false")],
)
def test_what_is_allowed_alone_is_not_asked_for_again(bare: Tenant, changes: dict[str, Any], allowed: str) -> None:
    refused = bare("profile", "validate", str(bare.world.write("hooli", tier="standard", **(PLAIN | changes))))
    assert f"Allowed: {allowed}." in refused.err
    assert f"Did you mean {allowed}?" not in refused.err


@pytest.mark.parametrize(
    "command", [("plan", "initech"), ("create", "umbrella"), ("shared", "plan"), ("shared", "apply")], ids=" ".join
)
def test_a_budget_below_what_is_kept_is_refused_with_the_least_it_may_be(
    second: Tenant, command: tuple[str, ...]
) -> None:
    rooms = second("shared", "show", "--output", "json").json("shared-show")["shards"]
    kept = max(room["used"]["connections"] for room in rooms if room["kind"] == "database")
    second.world.write("umbrella", tier="standard", **PLAIN)
    second.world.write("acme")
    edited(second, f"{ONE}, instance_class: db.t4g.medium, storage_gb: 50, connections: 400", f"{TWO}, connections: 10")
    refused = second(*command, "--yes")
    assert refused.code == 2
    assert f"shared.data.databases.connections: 10 of each of the shared databases, and {kept} are kept" in refused.err
    assert f"Allowed: {kept} or more." in refused.err
    assert "environments/local.yaml:" in refused.err
    assert second.world.cloud.log == []
    assert second("plan", "acme").code == 0
