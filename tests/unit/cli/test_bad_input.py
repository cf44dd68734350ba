"""Bad input and faults, told at the edge: the code, the place, the nearest valid value; and nothing touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Tenant


@dataclass(frozen=True)
class Case:
    id: str
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    tenant: str = "globex"
    told: str = ""
    place: str = "bad.yaml"


CASES = [
    Case("unknown tier", {"tier": "entreprise"}, told="enterprise"),
    Case("id in upper case", tenant="Globex", told="globex"),
    Case("reserved id", tenant="postgres", told="reserved"),
    Case("id too long", tenant="g" * 31, told="too many"),
    Case("region outside residency", {"region": "us-east-1", "residency": ["eu"]}, told="residency"),
    Case("cache type that does not exist", {"cache": {"node_type": "cache.t4g.smal"}}, told="cache.t4g.small"),
    Case(
        "GPU type that does not exist",
        {"gpu": {"instance_types": ["p4d.xlarge"]}},
        told="p4d.24xlarge",
    ),
    Case("six GPU nodes", {"gpu": {"instance_types": ["g5.2xlarge"], "nodes": {"max": 6}}}, told="up to 5"),
    Case(
        "GPU family that the region has not",
        {"gpu": {"instance_types": ["p3dn.24xlarge"]}, "region": "eu-central-1", "residency": ["eu"]},
        told="not offered in `eu-central-1`",
    ),
    Case(
        "namespace too small for its own pods",
        {"namespace": {"pods": 5}, "quotas": {"concurrent_research": 10}},
        told="less than its own pods need",
    ),
    Case(
        "cluster version that is not offered",
        {"cluster": {"dedicated": True, "version": "1.12"}},
        told="no version of Kubernetes on EKS `1.12`",
    ),
    Case(
        "backups out of the residency",
        {"residency": ["us"], "backups": {"copy_to": "eu-west-1"}},
        told="`eu-west-1` is outside the residency",
    ),
    Case(
        "public name in an own VPC",
        {"network": {"dedicated": True}, "cluster": {"dedicated": True}, "ingress": {}},
        told="reaches nothing in an own VPC",
    ),
    Case("port of the system", {"ingress": {"port": 80}}, told="1024"),
    Case("locked for no day", {"models": {"days": 0}}, told="1"),
    Case("unknown key", {"storrage": 3}, told="storrage"),
    Case("own instance in a shared one", {"tier": "starter"}, told="have no instance of their own"),
    Case("a queue nobody has", {"shared": {"queues": ["jbos"]}}, told="has no queue `jbos`"),
    Case("a model twice", {"shared": {"models": ["llama", "llama"]}}, told="`llama` stands twice"),
    Case("a member listed twice", {"members": [{"id": "ann-a"}, {"id": "ann-a"}]}, told="`ann-a` is member 1 already"),
    Case(
        "a login of two members",
        {"members": [{"id": "ann-a", "login": "a@x.org"}, {"id": "bob-b", "login": "A@X.org"}]},
        told="`A@X.org` is member 1 already",
    ),
    Case("a member's share of nothing", {"members": [{"id": "ann-a", "namespace": {"cpu": 1}}]}, told="memory_gb"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("command", ["create", "plan", "apply"])
def test_a_bad_profile_ends_with_2_and_touches_nothing(tenant: Tenant, case: Case, command: str) -> None:
    file = tenant.world.write(case.tenant, "bad.yaml", **case.changes)
    before = tenant.world.registry.tenants("local")
    refused = tenant(command, str(file), "--yes")
    assert refused.code == 2, refused.err
    assert refused.out == ""
    assert case.told in refused.err
    assert f"{case.place}:" in refused.err
    assert tenant.world.registry.tenants("local") == before
    assert tenant.world.cloud.log == []


def test_without_a_cloud_no_price_is_told_of_what_cannot_be_begun(tenant: Tenant) -> None:
    tenant.world.cloud.running = False
    refused = tenant("create", str(tenant.world.write("globex")), "--yes")
    assert refused.code == 4
    assert refused.err.startswith("error: ")


def test_a_missing_profile_is_answered_with_the_command_that_writes_it(tenant: Tenant) -> None:
    refused = tenant("create", "umbrella-corp")
    assert refused.code == 2
    assert "`tenant profile init umbrella-corp`" in refused.err


def test_two_profiles_of_one_id_end_with_2(tenant: Tenant) -> None:
    tenant.world.write("acme", "copy.yaml")
    refused = tenant("plan", "acme")
    assert refused.code == 2
    assert "copy.yaml" in refused.err


def test_an_id_that_is_taken_ends_with_2(tenant: Tenant) -> None:
    other = tenant.world.profiles.parent / "elsewhere"
    other.mkdir()
    tenant.world.profiles = other
    file = tenant.world.write("acme", owner="someone-else@example.com")
    assert tenant("create", str(file)).code == 2


def test_a_shrunk_disk_ends_with_2_and_says_where(tenant: Tenant) -> None:
    tenant.world.write("acme", database={"storage_gb": 100})
    refused = tenant("apply", "acme", "--yes", "--output", "json")
    assert refused.code == 2
    assert "acme.yaml:" in refused.error()["faults"][0]["where"]
    assert tenant.world.cloud.log == []


def test_a_cloud_that_does_not_run_ends_with_4_and_names_the_command(tenant: Tenant) -> None:
    tenant.world.cloud.running = False
    for args in (("plan", "acme"), ("create", str(tenant.world.write("globex"))), ("shared", "apply", "--yes")):
        refused = tenant(*args)
        assert refused.code == 4
        assert "tenant local start" in refused.err


def test_a_refused_call_ends_with_4_and_says_which_and_why(tenant: Tenant) -> None:
    tenant.world.cloud.refusals["database"] = "InsufficientDBInstanceCapacity"
    failed = tenant("create", str(tenant.world.write("globex")), "--output", "json")
    assert failed.code == 4
    assert failed.out == ""
    (failure,) = failed.error()["failures"]
    assert failure["urn"].endswith("::database")
    assert failure["message"] == "InsufficientDBInstanceCapacity"
    tenant.world.cloud.refusals.clear()
    assert tenant("create", "globex").code == 0


def test_an_interrupted_run_ends_with_130(tenant: Tenant) -> None:
    tenant.world.cloud.interrupted = True
    assert tenant("create", str(tenant.world.write("globex"))).code == 130


def test_an_unknown_tenant_ends_with_2_and_the_nearest_id(tenant: Tenant) -> None:
    for command in ("show", "status", "outputs", "drift", "destroy"):
        refused = tenant(command, "acmee")
        assert refused.code == 2
        assert "Did you mean acme?" in refused.err


@pytest.mark.parametrize(
    "args",
    [("fly",), ("plan",), ("plan", "acme", "--sideways"), ("--output", "xml", "list")],
    ids=" ".join,
)
def test_bad_usage_ends_with_2(tenant: Tenant, args: tuple[str, ...]) -> None:
    refused = tenant(*args)
    assert refused.code == 2
    assert refused.err.startswith("error: ")


def test_bad_usage_is_told_as_json_too(tenant: Tenant) -> None:
    assert tenant("plan", "--output", "json").error()["exit_code"] == 2


def test_a_defect_ends_with_1_and_shows_its_trace_only_with_debug(tenant: Tenant) -> None:
    def broken(verb: str, stack: str) -> None:
        raise ZeroDivisionError("a defect")

    tenant.world.cloud.before = broken
    quiet = tenant("plan", "acme")
    assert quiet.code == 1
    assert "Traceback" not in quiet.err
    assert "Traceback" in tenant("plan", "acme", "--debug").err


def test_no_command_at_all_is_bad_usage(bare: Tenant) -> None:
    assert bare().code == 2


def test_a_group_without_a_command_shows_its_help_and_no_error(bare: Tenant) -> None:
    asked = bare("shared")
    assert asked.code == 2
    assert "destroy" in asked.out
    assert "error" not in asked.err


def test_a_home_that_cannot_be_made_ends_with_2_and_says_what_to_do(bare: Tenant, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for args in (("list",), ("local", "status")):
        refused = bare("--home", str(tmp_path / "file" / "home"), *args)
        assert refused.code == 2, refused.err
        assert "--home" in refused.err
