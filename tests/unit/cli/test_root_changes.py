"""What all names of an environment are made of is not edited under what stands in it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from operations import compose
from operations.settings import PACKAGED
from tests.unit.cli.conftest import Tenant


def edited(tenant: Tenant, old: str, new: str) -> None:
    """The environment's file is another text from now on."""
    environments = tenant.world.profiles.parent / "environments"
    shutil.copytree(PACKAGED / "environments", environments, dirs_exist_ok=True)
    file = environments / "local.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    changed = compose.find_environment(tenant.world.bundle.settings)
    tenant.world.bundle = replace(tenant.world.bundle, environment=changed)


ORG = ("org: demo", "org: other")
ACCOUNT = ('account: "123456789012"', 'account: "210987654321"')
COMMANDS = (("plan", "acme"), ("apply", "acme"), ("create", "acme"), ("shared", "plan"), ("shared", "apply"))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("edit", "line", "was"), [(ORG, 6, "org: demo -> other"), (ACCOUNT, 7, "account: 123456789012 -> 210987654321")]
)
def test_a_root_of_names_is_not_edited_under_what_stands(
    tenant: Tenant, command: tuple[str, ...], edit: tuple[str, str], line: int, was: str
) -> None:
    edited(tenant, *edit)
    refused = tenant(*command, "--yes")
    assert refused.code == 2, refused.err
    assert f"environments/local.yaml:{line}:" in refused.err
    assert f"{was} refused" in refused.err
    assert "Put the file back" in refused.err
    assert tenant.world.cloud.log == []


def test_a_new_tenant_does_not_stand_on_services_with_another_org(tenant: Tenant) -> None:
    edited(tenant, *ORG)
    file = str(tenant.world.write("globex"))
    for command in ("plan", "create"):
        refused = tenant(command, file, "--yes")
        assert refused.code == 2
        assert "org: demo -> other refused" in refused.err
    assert tenant.world.registry.find("local", "globex") is None
    assert tenant.world.cloud.log == []


def test_a_saved_plan_does_not_outlive_its_org(tenant: Tenant) -> None:
    tenant.world.write("acme", database={"storage_gb": 300})
    file = str(tenant.world.profiles.parent / "acme.plan")
    assert tenant("plan", "acme", "--save", file).code == 0
    edited(tenant, *ORG)
    tenant.world.cloud.log.clear()
    refused = tenant("apply", "--plan", file, "--yes")
    assert refused.code == 2, refused.err
    assert tenant.world.cloud.log == []


def test_a_create_that_failed_keeps_its_org_too(tenant: Tenant) -> None:
    tenant.world.cloud.refusals["database"] = "InsufficientDBInstanceCapacity"
    file = str(tenant.world.write("globex"))
    assert tenant("create", file).code == 4
    edited(tenant, *ORG)
    refused = tenant("create", file)
    assert refused.code == 2
    assert "globex: environment local is not the one it was made in" in refused.err


def test_who_stands_under_the_old_org_is_still_shown_and_destroyed_with_its_snapshots(tenant: Tenant) -> None:
    edited(tenant, *ORG)
    assert tenant("show", "acme").code == 0
    assert tenant("destroy", "acme", "--yes", "--confirm", "acme").code == 0
    assert any("demo-local-" in name for name in tenant.world.cloud.snapshots)
    assert "demo-local-" in tenant("show", "acme").out
    assert tenant("destroy", "acme", "--purge", "--yes", "--confirm", "acme").code == 0
    assert tenant.world.cloud.snapshots == set()
