"""A tenant that stands is not renamed: its profile's `tenant:` stays, and whoever changed it is told so."""

from __future__ import annotations

import pytest

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
