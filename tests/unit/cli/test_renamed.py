"""A tenant that stands is not renamed: its profile's `tenant:` stays, and whoever changed it is told so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli import orphans
from tests.unit.cli.conftest import Tenant

TOLD = "`acme` can't become `umbrella`"


@pytest.fixture
def renamed(tenant: Tenant) -> Tenant:
    """The profile of acme, which stands, is of umbrella now."""
    tenant.world.write("umbrella", "acme.yaml")
    return tenant


@pytest.mark.parametrize("command", ["plan", "apply", "create"])
@pytest.mark.parametrize("by_file", [True, False], ids=["by file", "by id"])
def test_a_renamed_profile_is_refused_at_its_line_and_nothing_is_made(
    renamed: Tenant, command: str, by_file: bool
) -> None:
    refused = renamed(command, str(renamed.world.profiles / "acme.yaml") if by_file else "acme", "--yes")
    assert refused.code == 2
    assert "acme.yaml:1:" in refused.err
    assert TOLD in refused.err
    assert "Put `tenant: acme` back." in refused.err
    assert "profile init acme" not in refused.err
    assert [record.subject for record in renamed.world.registry.tenants("local")] == ["acme"]
    assert renamed.world.cloud.log == []


def test_by_its_new_id_it_is_refused_too(renamed: Tenant) -> None:
    refused = renamed("plan", "umbrella")
    assert refused.code == 2
    assert TOLD in refused.err


def test_a_profile_that_is_gone_is_not_offered_to_be_written_anew(tenant: Tenant) -> None:
    (tenant.world.profiles / "acme.yaml").rename(tenant.world.profiles / "other.yaml")
    assert tenant("plan", "acme").code == 0
    tenant.world.write("umbrella", "other.yaml")
    refused = tenant("plan", "acme")
    assert refused.code == 2
    assert "acme stands, and no profile in" in refused.err
    assert "profile init" not in refused.err


def test_another_tenant_may_have_a_file_of_any_name_where_the_old_one_has_its_own(renamed: Tenant) -> None:
    renamed.world.write("acme", "moved.yaml")
    assert renamed("create", "umbrella", "--yes").code == 0
    assert renamed("plan", "acme").code == 0


def test_an_id_that_nobody_has_any_more_may_be_renamed(renamed: Tenant) -> None:
    assert renamed("destroy", "acme", "--yes", "--confirm", "acme").code == 0
    assert renamed("create", "umbrella", "--yes").code == 0
    refused = renamed("plan", "acme")
    assert "tenant profile init acme" in refused.err


@pytest.fixture
def moved(known: Tenant) -> Tenant:
    """The profile of acme, which stands, was moved to another file and id: `git mv`, then the edit."""
    (known.world.profiles / "acme.yaml").unlink()
    known.world.write("umbrella")
    return known


@pytest.mark.parametrize("args", [("plan", "umbrella"), ("profile", "validate")])
def test_who_stands_and_has_no_profile_any_more_is_told(moved: Tenant, args: tuple[str, ...]) -> None:
    told = moved(*args)
    assert told.code == 0
    assert "acme stands in local, and no profile in" in told.err
    assert "put `tenant: acme` back" in told.err
    assert "`tenant destroy acme`" in told.err
    moved.world.write("acme")
    assert "acme stands" not in moved(*args).err


@pytest.mark.parametrize("command", ["create", "apply"])
def test_a_new_tenant_that_is_a_gone_one_in_all_but_its_id_is_refused(moved: Tenant, command: str) -> None:
    refused = moved(command, "umbrella", "--yes")
    assert refused.code == 3
    assert "umbrella would be what acme is, under another name" in refused.err
    assert "umbrella.yaml:1:" in refused.err
    assert "Put `tenant: acme` back." in refused.err
    assert "it will be made" not in refused.err
    assert [record.subject for record in moved.world.registry.tenants("local")] == ["acme"]
    moved.world.write("acme")
    assert moved(command, "umbrella", "--yes").code == 0


@pytest.mark.parametrize(
    "other",
    [
        {"owner": "else@example.com"},
        {"cost_center": "CC-2"},
        {"database": {"storage_gb": 300}},
        {"region": "eu-central-1"},
    ],
    ids=str,
)
def test_a_new_tenant_that_differs_from_a_gone_one_is_made_and_told_of_it(moved: Tenant, other: dict[str, Any]) -> None:
    if "region" in other:
        assert moved("shared", "apply", "--region", "eu-central-1", "--yes").code == 0
    moved.world.write("umbrella", **other)
    made = moved("create", "umbrella", "--yes")
    assert made.code == 0
    assert "acme stands in local, and no profile" in made.err


def test_a_profile_from_elsewhere_says_nothing_of_who_has_one(moved: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "umbrella.yaml"
    file.parent.mkdir()
    (moved.world.profiles / "umbrella.yaml").rename(file)
    made = moved("create", str(file), "--yes")
    assert made.code == 0
    assert "acme stands" not in made.err


def test_of_many_the_first_are_named() -> None:
    told = orphans.sentence(tuple(f"t{number}" for number in range(7)), "local", Path("profiles"))
    assert "t0, t1, t2, t3, t4 and 2 more stand in local" in told
