"""A tier never takes from a live tenant what keeps it apart, and says what would be needed instead."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from operations.settings import PACKAGED
from tests.unit.cli.conftest import Tenant

PLAIN: dict[str, Any] = {"size": "small", "database": {}}


def edited(tenant: Tenant, old: str, new: str, tier: str = "enterprise", version: int = 1) -> None:
    """A tier, acme's where none is named, is another text from now on; written as this version of it."""
    tiers = tenant.world.profiles.parent / "tiers"
    shutil.copytree(PACKAGED / "tiers", tiers, dirs_exist_ok=True)
    text = (tiers / tier / "1.yaml").read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1).replace("version: 1\n", f"version: {version}\n")
    (tiers / tier / f"{version}.yaml").write_text(changed, encoding="utf-8")


def made(tenant: Tenant, tier: str, name: str = "hooli", **changes: Any) -> None:
    """One more tenant that lives, of this tier."""
    tenant.world.write(name, tier=tier, **(PLAIN | changes))
    assert tenant("create", name).code == 0
    tenant.world.cloud.log.clear()


@pytest.mark.parametrize("kind", ["cache", "network", "object_store", "encryption"])
def test_an_edited_tier_that_would_weaken_a_live_tenant_is_refused(tenant: Tenant, kind: str) -> None:
    edited(tenant, f"{kind}: silo", f"{kind}: pool")
    for command in (("plan", "acme"), ("apply", "acme")):
        refused = tenant(*command)
        assert refused.code == 3
        assert f"isolation.{kind}: silo -> pool" in refused.err
        assert "tiers/enterprise/1.yaml:" in refused.err
        assert "Put the file back" in refused.err
    assert tenant.world.cloud.log == []


def test_a_tier_s_rank_is_not_edited_under_a_live_tenant(tenant: Tenant) -> None:
    for rank in (2, 4):
        edited(tenant, "rank: 3", f"rank: {rank}")
        refused = tenant("plan", "acme")
        assert refused.code == 3
        assert "enterprise/1.yaml:5:" in refused.err
        assert f"rank: 3 -> {rank}" in refused.err
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


MEMBERS = {"members": [{"id": "ann-a"}, {"id": "bob-b"}]}
SLICE = "connections: 10, tables: 100, statement_seconds: 60"
OWN = "storage_gb: 200, backup_days: 14, multi_az: true"
LARGE = {"size": "large"}
HOSTED = "cpu: 4, memory_gb: 16, pods: 30, storage_gb: 50"
QUOTAS = "gpu_hours_monthly: 10, storage_gb: 50, api_calls_daily: 5000, concurrent_research: 2"


@dataclass(frozen=True)
class Weakening:
    """An edit of a tier, and the change that is told of it."""

    tier: str
    old: str
    new: str
    told: str
    changes: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def id(self) -> str:
        return f"{self.tier} {self.told}"


WEAKENINGS = [
    Weakening("standard", SLICE, SLICE.replace("60", "300"), "database_slice.statement_seconds: 60 -> 300"),
    Weakening("standard", SLICE, SLICE.replace("60", "0"), "database_slice.statement_seconds: 60 -> 0"),
    Weakening("starter", "statement_seconds: 30", "statement_seconds: 31", "statement_seconds: 30 -> 31"),
    Weakening("starter", ", statement_seconds: 30", "", "database_slice.statement_seconds: 30 -> 60"),
    Weakening("standard", SLICE, SLICE.replace("10,", "100,"), "database_slice.connections: 10 -> 100"),
    Weakening("standard", SLICE, SLICE.replace("10,", "5,"), "database_slice.connections: 10 -> 5"),
    Weakening("standard", SLICE, SLICE.replace("100", "99"), "database_slice.tables: 100 -> 99"),
    Weakening("standard", HOSTED, HOSTED.replace("cpu: 4", "cpu: 3"), "namespace.cpu: 4 -> 3"),
    Weakening("standard", HOSTED, HOSTED.replace("pods: 30", "pods: 29"), "namespace.pods: 30 -> 29"),
    Weakening("standard", QUOTAS, QUOTAS.replace("5000", "4000"), "quotas.api_calls_daily: 5000 -> 4000"),
    Weakening("standard", "logs: 90", "logs: 60", "retention.logs: 90 -> 60"),
    Weakening(
        "standard",
        "retention: {logs: 90, ",
        "bridge_database: schema\nretention: {logs: 90, ",
        "bridge_database: database -> schema",
    ),
    Weakening("enterprise", "logs: 365", "logs: 180", "retention.logs: 365 -> 180"),
    Weakening("enterprise", "retention: {logs: 365, ", "retention: {", "retention.logs: 365 -> 90"),
    Weakening("enterprise", "noncurrent_objects: 30", "noncurrent_objects: 1", "noncurrent_objects: 30 -> 1"),
    Weakening("enterprise", "backups: 365", "vault: 20, backups: 365", "retention.vault: 35 -> 20"),
    Weakening("enterprise", "backups: 365", "backups: 90", "retention.backups: 365 -> 90"),
    Weakening("enterprise", OWN, OWN.replace("200", "100"), "large.database.storage_gb: 200 -> 100", LARGE),
    Weakening("enterprise", OWN, OWN.replace("14", "7"), "database.backup_days: 14 -> 7", LARGE),
    Weakening("enterprise", OWN, OWN.replace("true", "false"), "database.multi_az: true -> false", LARGE),
    Weakening("enterprise", "replicas: 1", "replicas: 0", "sizes.large.cache.replicas: 1 -> 0", LARGE),
    Weakening(
        "enterprise",
        "small, replicas: 0, snapshot_days: 3",
        "small, replicas: 0, snapshot_days: 0",
        "snapshot_days: 3 -> 0",
    ),
    Weakening("enterprise", "connections: 5", "connections: 6", "members.connections: 5 -> 6", MEMBERS),
    Weakening("enterprise", "cache_users: 50", "cache_users: 1", "members.cache_users: 50 -> 1", MEMBERS),
    Weakening("standard", "tables: 5,", "tables: 4,", "members.tables: 5 -> 4", MEMBERS),
]


@pytest.mark.parametrize("case", WEAKENINGS, ids=lambda case: case.id)
def test_what_a_version_promises_is_not_edited_under_those_who_live_by_it(tenant: Tenant, case: Weakening) -> None:
    made(tenant, case.tier, **case.changes)
    edited(tenant, case.old, case.new, case.tier)
    for command in ("plan", "apply", "create"):
        refused = tenant(command, "hooli", "--yes")
        assert refused.code == 3, refused.err
        assert f"tiers/{case.tier}/1.yaml:" in refused.err
        assert case.told in refused.err
        assert "hooli" in refused.err.partition("live")[2]
        assert f"{case.tier}/2.yaml" in refused.err
        fixed = "bridge_database" in case.told or "storage_gb: 200" in case.told
        assert ("`tier_version: 2` in its profile" in refused.err) is not fixed
    assert tenant.world.cloud.log == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SLICE, SLICE.replace("60", "30")),
        (SLICE, SLICE.replace("100", "120")),
        ("logs: 90", "logs: 365"),
        (HOSTED, HOSTED.replace("cpu: 4", "cpu: 6")),
        (QUOTAS, QUOTAS.replace("5000", "6000")),
        ("connections: 20", "connections: 10"),
        ("members: {most: 500, connections: 2, tables: 5", "members: {most: 500, connections: 2, tables: 1"),
        ("tools: [github, ", "tools: ["),
    ],
)
def test_what_weakens_nothing_of_a_tenant_may_be_edited(tenant: Tenant, old: str, new: str) -> None:
    made(tenant, "standard")
    edited(tenant, old, new, "standard")
    assert tenant("plan", "hooli").code == 0
    assert tenant("apply", "hooli", "--yes").code == 0


def test_what_the_tier_says_better_now_is_promised_from_the_next_apply_on(tenant: Tenant) -> None:
    made(tenant, "standard")
    edited(tenant, "logs: 90", "logs: 365", "standard")
    assert tenant("apply", "hooli", "--yes").code == 0
    edited(tenant, "logs: 90", "logs: 90", "standard")
    refused = tenant("plan", "hooli")
    assert refused.code == 3
    assert "retention.logs: 365 -> 90" in refused.err


def test_every_edited_key_is_told_with_its_line_and_a_few_who_live_by_it(tenant: Tenant) -> None:
    for name in ("hooli", "initech", "umbrella", "vandelay", "wonka", "zorin"):
        made(tenant, "starter", name)
    edited(
        tenant, "database_slice: {connections: 5, statement_seconds: 30}", "database_slice: {connections: 6}", "starter"
    )
    refused = tenant("plan", "wonka")
    assert refused.code == 3
    assert "line 25: sizes.small.database_slice.connections: 5 -> 6" in refused.err
    assert "line 25: sizes.small.database_slice.statement_seconds: 30 -> 60" in refused.err
    assert "6 tenants live by it: hooli, initech, umbrella, vandelay, wonka and 1 more." in refused.err


def test_a_weaker_version_is_for_new_tenants_and_for_those_whose_profile_names_it(tenant: Tenant) -> None:
    made(tenant, "standard")
    edited(tenant, SLICE, SLICE.replace("60", "0"), "standard", version=2)
    assert tenant("plan", "hooli", "--detailed-exitcode").code == 0
    made(tenant, "standard", "initech")
    tenant.world.write("hooli", tier="standard", **PLAIN, tier_version=2)
    assert tenant("apply", "hooli", "--yes").code == 0
    records = {each.subject: each.tier_version for each in tenant.world.registry.tenants("local")}
    assert records["hooli"] == records["initech"] == 2


def test_what_a_profile_says_itself_is_no_edit_of_its_tier(tenant: Tenant) -> None:
    made(tenant, "enterprise", database={"backup_days": 21}, size="large")
    edited(tenant, OWN, OWN.replace("14", "7"))
    assert tenant("plan", "hooli").code == 0
    edited(tenant, OWN, OWN)
    tenant.world.write("hooli", **(PLAIN | LARGE))
    assert tenant("apply", "hooli", "--yes").code == 0


def test_a_row_that_the_tenant_leaves_may_be_edited(tenant: Tenant) -> None:
    made(tenant, "standard")
    edited(tenant, SLICE, SLICE.replace("60", "0"), "standard")
    tenant.world.write("hooli", tier="standard", **(PLAIN | {"size": "medium"}))
    assert tenant("plan", "hooli").code == 0


def test_a_tier_may_be_mended_where_nobody_lives_by_it_yet(tenant: Tenant) -> None:
    tenant.world.cloud.refusals["database"] = "StorageQuotaExceeded"
    tenant.world.write("hooli", **(PLAIN | LARGE))
    assert tenant("create", "hooli").code == 4
    tenant.world.cloud.refusals.clear()
    edited(tenant, OWN, OWN.replace("200", "100"))
    assert tenant("create", "hooli").code == 0


def test_another_form_of_slice_by_another_version_is_told_at_the_profile_s_line(tenant: Tenant) -> None:
    made(tenant, "standard")
    edited(tenant, "retention: {", "bridge_database: schema\nretention: {", "standard", version=2)
    file = tenant.world.write("hooli", tier="standard", **PLAIN, tier_version=2)
    column = file.read_text(encoding="utf-8").index("2", file.read_text(encoding="utf-8").index("tier_version")) + 1
    refused = tenant("plan", "hooli")
    assert refused.code == 2
    assert f"hooli.yaml:1:{column}: tier_version: " in refused.err
    assert "the same `bridge_database`" in refused.err
    assert "Put back what stood there" in refused.err


def test_isolation_that_makes_the_tier_s_file_odd_is_told_as_the_edit_that_it_is(tenant: Tenant) -> None:
    made(tenant, "starter")
    edited(tenant, "database: pool", "database: bridge", "starter")
    for command in (("plan", "hooli"), ("apply", "hooli")):
        refused = tenant(*command)
        assert refused.code == 3
        assert "isolation.database: pool -> bridge" in refused.err
        assert "1 tenant lives by it: hooli." in refused.err
        assert "starter/2.yaml beside it" in refused.err
    assert "Did you mean bridge?" not in tenant("plan", "hooli").err
    tenant.world.write("soylent", tier="starter", **PLAIN)
    odd = tenant("plan", "soylent")
    assert odd.code == 2
    assert "isolation.members: `pool` can't be: members have slices of the database, `bridge` here" in odd.err


def test_a_tier_s_file_that_is_gone_is_asked_for_again(known: Tenant) -> None:
    made(known, "starter")
    edited(known, "rank: 1", "rank: 1", "starter")
    (known.world.profiles.parent / "tiers" / "starter" / "1.yaml").unlink()
    for command in (("plan", "hooli"), ("apply", "hooli"), ("profile", "validate")):
        refused = known(*command)
        assert refused.code == 2
        assert "tier `starter` has no version 1" in refused.err
        assert "1 tenant lives by it: hooli." in refused.err
        assert "git checkout REV -- " in refused.err


def test_files_of_tiers_are_told_from_the_working_directory(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tenant.world.profiles.parent)
    edited(tenant, "cache: silo", "cache: pool")
    assert "  where: tiers/enterprise/1.yaml:" in tenant("plan", "acme").err
