"""`tenant profile validate` tells what can be told without a cloud: beside each other, and beside who stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Tenant
from tests.unit.cli.test_root_changes import ORG
from tests.unit.cli.test_root_changes import edited as edited_environment
from tests.unit.cli.test_tier_changes import SLICE, edited, made

ADA = "ada@example.com"


def members(*logins: str, **more: Any) -> dict[str, Any]:
    return {"members": [{"id": f"m{number}-x", "login": login, **more} for number, login in enumerate(logins)]}


def test_a_login_in_two_profiles_of_a_folder_is_told_at_both(bare: Tenant) -> None:
    bare.world.write("acme", **members("bob@example.com", ADA))
    bare.world.write("globex", **members(ADA.upper()))
    bare.world.write("umbrella", **members("eve@example.com"))
    refused = bare("profile", "validate", "--output", "json")
    assert refused.code == 2
    faults = {fault["where"].rpartition("/")[2].partition(":")[0]: fault for fault in refused.error()["faults"]}
    assert faults.keys() == {"acme.yaml", "globex.yaml"}
    assert faults["acme.yaml"]["field"] == "members[1].login"
    assert "stands in the profile of globex too" in faults["acme.yaml"]["why"]
    assert "stands in the profile of acme too" in faults["globex.yaml"]["why"]


def test_one_profile_alone_is_held_beside_those_of_its_folder(bare: Tenant) -> None:
    file = bare.world.write("acme", **members(ADA))
    assert bare("profile", "validate", str(file)).code == 0
    bare.world.write("globex", **members(ADA.title()))
    refused = bare("profile", "validate", str(file))
    assert refused.code == 2
    assert "stands in the profile of globex too" in refused.err


def test_who_gets_in_no_more_may_be_a_member_elsewhere(bare: Tenant) -> None:
    bare.world.write("acme", **members(ADA, active=False))
    bare.world.write("globex", **members(ADA))
    assert bare("profile", "validate").code == 0


def test_faults_of_a_profile_are_told_together_with_its_members(bare: Tenant) -> None:
    file = bare.world.write("acme", **members(ADA), quotas={"storage_gb": 10**9})
    bare.world.write("globex", **members(ADA))
    faults = bare("profile", "validate", str(file), "--output", "json").error()["faults"]
    assert {fault["field"] for fault in faults} == {"quotas.storage_gb", "members[0].login"}


def test_a_member_of_who_stands_without_a_profile_is_told_where_there_is_a_registry(known: Tenant) -> None:
    gone = known.world.write("globex", **members(ADA))
    assert known("create", "globex").code == 0
    gone.unlink()
    file = known.world.write("umbrella", **members(ADA))
    refused = known("profile", "validate", str(file))
    assert refused.code == 2
    assert "is of tenant globex already" in refused.err


def test_an_edited_tier_is_told_once_for_all_who_live_by_it(known: Tenant) -> None:
    made(known, "standard")
    made(known, "standard", "initech")
    edited(known, SLICE, SLICE.replace("60", "0"), "standard")
    refused = known("profile", "validate")
    assert refused.code == 3
    assert refused.err.startswith("error: 2 of 3 profiles cannot be used.")
    assert refused.err.count("statement_seconds: 60 -> 0") == 1
    assert "tiers/standard/1.yaml:" in refused.err
    assert "hooli: its tier's file was edited" in refused.err
    assert "initech: its tier's file was edited" in refused.err
    assert "acme.yaml: acme is fine." in refused.out
    assert known.world.cloud.log == []


def test_an_edited_tier_beside_a_bad_profile_is_bad_input(known: Tenant) -> None:
    made(known, "standard")
    edited(known, SLICE, SLICE.replace("60", "0"), "standard")
    known.world.write("umbrella", size="huge")
    refused = known("profile", "validate")
    assert refused.code == 2
    assert "statement_seconds: 60 -> 0" in refused.err
    assert "`huge`" in refused.err


@pytest.mark.parametrize("form", ["sarif", "junit"])
def test_an_edited_tier_stands_in_reports_too(known: Tenant, form: str) -> None:
    made(known, "standard")
    edited(known, SLICE, SLICE.replace("60", "0"), "standard")
    answer = known("profile", "validate", "--format", form)
    assert answer.code == 3
    assert "statement_seconds: 60 -" in answer.out


def test_a_change_that_cannot_be_made_to_who_stands_is_told(known: Tenant) -> None:
    file = known.world.write("acme", database={"storage_gb": 100})
    refused = known("profile", "validate", str(file))
    assert refused.code == 2
    assert "RDS can't shrink a disk" in refused.err


def test_another_org_is_told_once(known: Tenant) -> None:
    made(known, "standard")
    edited_environment(known, *ORG)
    refused = known("profile", "validate", "--output", "json")
    assert refused.code == 2
    (fault,) = refused.error()["faults"]
    assert fault["field"] == "org"


def test_without_a_registry_none_is_made(bare: Tenant, tmp_path: Path) -> None:
    home = tmp_path / "nothing" / "here"
    bare.world.write("acme")
    assert bare("--home", str(home), "profile", "validate").code == 0
    assert not home.exists()
    assert json.loads(bare("profile", "validate", "--output", "json").out)["profiles"]


def test_what_a_tier_has_not_is_told_beside_what_can_not_be_read(bare: Tenant) -> None:
    """One figure out of range hid all that the tier has not: it came up once that was mended."""
    own: dict[str, Any] = {"database": {"storage_gb": 100}, "cache": {"replicas": 1}, "backups": {"days": 3}}
    file = bare.world.write("hooli", tier="starter", enabled_tools=["no-such-tool"], **own)
    for command in (("profile", "validate", str(file)), ("plan", "hooli")):
        refused = bare(*command, "--output", "json")
        assert refused.code == 2
        told = {fault["field"]: fault for fault in refused.error()["faults"]}
        assert told.keys() >= {"backups.days", "database", "cache", "enabled_tools[0]"}


def test_a_way_out_that_the_tier_has_not_is_not_advised(bare: Tenant) -> None:
    own: dict[str, Any] = {"database": {"storage_gb": 100}, "cache": {"replicas": 1}, "network": {"dedicated": True}}
    refused = bare("profile", "validate", str(bare.world.write("hooli", tier="standard", **own)), "--output", "json")
    told = {fault["field"]: fault for fault in refused.error()["faults"]}
    assert told.keys() == {"database", "cache", "network.dedicated"}
    assert told["network.dedicated"]["allowed"] == "false"
