"""`tenant usage`: hours are sampled, told as approximate, and close the gate when they are spent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.unit.cli.conftest import Tenant

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pod(uid: str, gpus: int, start: str) -> dict[str, Any]:
    placed = {"type": "PodScheduled", "status": "True", "lastTransitionTime": start}
    limits = {"resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}
    return {
        "metadata": {"uid": uid, "creationTimestamp": start},
        "spec": {"nodeName": "node", "containers": [limits]},
        "status": {"phase": "Running", "conditions": [placed]},
    }


def at(tenant: Tenant, moment: datetime) -> None:
    tenant.world.bundle.clock.time = moment  # pyright: ignore[reportAttributeAccessIssue]  # the fake of the tests


def test_hours_are_counted_once_however_often_they_are_sampled(tenant: Tenant) -> None:
    tenant.world.meter.listed["acme"] = [pod("u1", 4, "2026-03-01T10:00:00Z")]
    at(tenant, MARCH)
    for _ in range(3):
        tenant("usage", "record", "acme")
    (told,) = tenant("usage", "show", "acme", "--output", "json").json("usage-show")["tenants"]
    assert (told["pods"], round(told["gpu_hours"], 1), told["gate"]) == (1, 8.0, "open")
    assert told["gpu_hours_allowed"] == 100


def test_spent_hours_close_the_gate_and_a_new_month_opens_it(tenant: Tenant) -> None:
    tenant.world.meter.listed["acme"] = [pod("u1", 8, "2026-03-01T00:00:00Z")]
    at(tenant, datetime(2026, 3, 1, 13, tzinfo=UTC))
    (told,) = tenant("usage", "record", "--all", "--output", "json").json("usage-record")["tenants"]
    assert (told["gate"], tenant.world.meter.closed) == ("closed", {"acme"})
    tenant.world.meter.listed["acme"] = []
    at(tenant, datetime(2026, 4, 1, 0, 5, tzinfo=UTC))
    tenant("usage", "record", "acme")
    assert tenant.world.meter.closed == set()
    (march,) = tenant("usage", "show", "acme", "--month", "2026-03", "--output", "json").json("usage-show")["tenants"]
    assert (march["gate"], round(march["gpu_hours"])) == (None, 104)


def test_objects_are_told_where_they_were_measured(tenant: Tenant) -> None:
    (told,) = tenant("usage", "record", "acme", "--output", "json").json("usage-record")["tenants"]
    assert told["object_bytes"] is None
    tenant.world.meter.sizes["acme"] = 3 * 1024**3
    (told,) = tenant("usage", "record", "acme", "--output", "json").json("usage-record")["tenants"]
    assert told["object_bytes"] == 3 * 1024**3
    assert f"3.00 of {told['objects_gb_allowed']:,}" in tenant("usage", "record", "acme").out


def test_more_hours_open_the_gate_again(tenant: Tenant) -> None:
    tenant.world.meter.listed["acme"] = [pod("u1", 8, "2026-03-01T00:00:00Z")]
    at(tenant, datetime(2026, 3, 1, 13, tzinfo=UTC))
    tenant("usage", "record", "acme")
    assert tenant.world.meter.closed == {"acme"}
    tenant.world.write("acme", quotas={"gpu_hours_monthly": 500})
    assert tenant("apply", "acme", "--yes").code == 0
    tenant("usage", "record", "acme")
    assert tenant.world.meter.closed == set()


def test_people_are_told_that_it_is_approximate(tenant: Tenant) -> None:
    answer = tenant("usage", "show", "acme")
    assert "Approximate" in answer.out
    assert "acme" in answer.out


def test_one_cluster_that_is_silent_keeps_nobody_else_from_being_recorded(tenant: Tenant) -> None:
    assert tenant("create", str(tenant.world.write("globex"))).code == 0
    tenant.world.meter.listed["globex"] = [pod("u1", 1, "2026-03-01T10:00:00Z")]
    tenant.world.meter.silent.add("acme")
    at(tenant, MARCH)
    answer = tenant("usage", "record", "--all")
    assert answer.code == 4
    assert "1 of 2" in answer.err
    (told,) = tenant("usage", "show", "globex", "--output", "json").json("usage-show")["tenants"]
    assert told["pods"] == 1


def test_whose_usage_has_to_be_said(tenant: Tenant) -> None:
    assert tenant("usage", "record").code == 2
    assert tenant("usage", "record", "acme", "--all").code == 2
    assert tenant("usage", "show", "nobody").code == 2
    assert tenant("usage", "show", "acme", "--month", "2026-13").code == 2
