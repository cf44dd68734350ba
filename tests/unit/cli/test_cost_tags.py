"""`tenant cost tags` and `tags-activate`: what is said, what is put right, and with which code it ends."""

from __future__ import annotations

from typing import Any

import pytest

from operations.cost.tagging import Carried
from stacks.conventions import tags
from tests.unit.cli.conftest import Tenant

STRAY = "arn:aws:rds:us-east-1:123456789012:snapshot:stray"
DATABASE = "id-database"


def told(tenant: Tenant, *args: str) -> Any:
    return tenant("cost", "tags", *args, "--output", "json").json("cost-tags")


def stripped(tenant: Tenant, *keys: str, **more: str) -> None:
    """The database of acme without these tags, or with others."""
    record = tenant.world.registry.find("local", "acme")
    assert record is not None
    carried = {key: value for key, value in dict(record.blueprint["tags"]).items() if key not in keys}
    tenant.world.tagging.changed[DATABASE] = carried | more


def test_where_all_is_well_it_says_so(tenant: Tenant) -> None:
    data = told(tenant)
    assert data["summary"]["findings"] == 0
    assert data["summary"]["stacks"] == 2
    assert data["summary"]["looked_at"] > 8
    shown = tenant("cost", "tags", "--detailed-exitcode")
    assert shown.code == 0
    assert "all is tagged as it should be" in shown.out


def test_missing_and_wrong_tags_are_findings(tenant: Tenant) -> None:
    stripped(tenant, "tenant", "owner", Tenant="acme", tier="gold")
    data = told(tenant)
    (found,) = data["resources"]
    assert (found["arn"], found["tenant"], found["missing"]) == (DATABASE, "acme", ["owner"])
    assert [(each["key"], each["why"]) for each in found["wrong"]] == [("Tenant", "case"), ("tier", "value")]
    assert (data["summary"]["missing"], data["summary"]["wrong_case"], data["summary"]["wrong_value"]) == (1, 1, 1)
    shown = tenant("cost", "tags")
    assert shown.code == 0
    assert "wrong: Tenant=acme is tenant in the wrong case" in shown.out


def test_findings_end_with_6_where_asked(tenant: Tenant) -> None:
    stripped(tenant, "tenant")
    assert tenant("cost", "tags", "--detailed-exitcode").code == 6


def test_without_fix_nothing_is_written(tenant: Tenant) -> None:
    stripped(tenant, "tenant")
    tenant("cost", "tags", "--yes")
    assert tenant.world.tagging.fenced == 0


def test_fix_puts_right_what_it_can_under_the_lease_s_fence(tenant: Tenant) -> None:
    stripped(tenant, "tenant", Tenant="acme", theirs="stays")
    data = told(tenant, "--fix", "--yes")
    assert data["resources"] == []
    assert data["summary"]["mended"] == tenant.world.tagging.fenced == 1
    mended = tenant.world.tagging.changed[DATABASE]
    assert mended is not None
    assert mended["tenant"] == "acme"
    assert mended["theirs"] == "stays"
    assert "Tenant" not in mended


def test_fix_needs_yes_where_nobody_can_be_asked(tenant: Tenant) -> None:
    stripped(tenant, "tenant")
    refused = tenant("cost", "tags", "--fix")
    assert refused.code == 2
    assert tenant.world.tagging.fenced == 0


@pytest.mark.parametrize(("answer", "code", "written"), [("y\n", 0, 1), ("n\n", 2, 0)])
def test_fix_shows_what_it_would_do_and_asks(tenant: Tenant, answer: str, code: int, written: int) -> None:
    tenant.terminal = True
    stripped(tenant, "tenant")
    asked = tenant("cost", "tags", "--fix", says=answer)
    assert asked.code == code
    assert "missing: tenant" in asked.err
    assert tenant.world.tagging.fenced == written


def test_fix_asks_nobody_where_nothing_is_wrong(tenant: Tenant) -> None:
    assert tenant("cost", "tags", "--fix").code == 0


def test_fix_of_a_tenant_that_somebody_is_at_work_on_ends_with_5(tenant: Tenant) -> None:
    stripped(tenant, "tenant")
    bundle = tenant.world.bundle
    bundle.leases.acquire("local/acme", bundle.owner, 3600)
    assert tenant("cost", "tags", "--fix", "--yes").code == 5
    assert tenant.world.tagging.fenced == 0


def test_what_is_gone_is_named_and_left_to_drift(tenant: Tenant) -> None:
    tenant.world.tagging.changed[DATABASE] = None
    (found,) = told(tenant, "--fix", "--yes")["resources"]
    assert found["gone"] is True
    assert "tenant drift acme" in tenant("cost", "tags").out


def test_what_names_an_unknown_tenant_is_told_and_left_alone(tenant: Tenant) -> None:
    tenant.world.tagging.strays[STRAY] = Carried(STRAY, {"tenant": "ghost", "environment": "local"})
    data = told(tenant, "--fix", "--yes")
    (found,) = data["resources"]
    assert (found["tenant"], found["unknown_tenant"]) == (None, True)
    assert data["summary"]["mended"] == 0
    assert "there is no such tenant" in tenant("cost", "tags").out


def test_a_snapshot_without_its_database_s_tags_is_not_propagated_and_can_be_mended(tenant: Tenant) -> None:
    tenant.world.tagging.strays[STRAY] = Carried(STRAY, {}, parent=DATABASE)
    assert told(tenant)["summary"]["not_propagated"] == 1
    assert "tags did not come over" in tenant("cost", "tags").out
    assert told(tenant, "--fix", "--yes")["summary"]["findings"] == 0
    assert tenant.world.tagging.strays[STRAY].tags["tenant"] == "acme"


def test_what_can_t_carry_tags_is_listed_and_no_fault(tenant: Tenant) -> None:
    tenant.world.tagging.untaggable.add("aws:s3/bucket:Bucket")
    data = told(tenant)
    assert data["summary"]["findings"] == 0
    assert data["summary"]["untaggable"] == 2
    shown = tenant("cost", "tags", "--detailed-exitcode")
    assert shown.code == 0
    assert "2 aws:s3/bucket:Bucket" in shown.out


def test_a_destroyed_tenant_s_archive_is_looked_at_too(tenant: Tenant) -> None:
    assert tenant("destroy", "acme", "--yes", "--confirm", "acme").code == 0
    tenant.world.tagging.changed["id-encryption"] = {}
    (found,) = [each for each in told(tenant)["resources"] if each["tenant"] == "acme"]
    assert "cost-center" in found["missing"]


def test_without_a_cloud_it_ends_with_4(tenant: Tenant) -> None:
    tenant.world.cloud.running = False
    assert tenant("cost", "tags").code == 4


def test_activation_asks_for_every_tag_that_tells_whose_cost_it_is(tenant: Tenant) -> None:
    data = tenant("cost", "tags-activate", "--yes", "--output", "json").json("cost-tags-activate")
    assert [each["key"] for each in data["tags"]] == list(tags.KEYS) == list(tenant.world.tagging.activated)
    assert "up to a day" in tenant("cost", "tags-activate", "--yes").out


def test_activation_says_which_tags_were_not_taken(tenant: Tenant) -> None:
    tenant.world.tagging.refused["expires-on"] = "Tag key not found"
    assert "expires-on: not activated: Tag key not found" in tenant("cost", "tags-activate", "--yes").out


def test_activation_needs_an_answer(tenant: Tenant) -> None:
    assert tenant("cost", "tags-activate").code == 2
    assert tenant.world.tagging.activated == ()


def test_activation_on_the_local_cloud_says_why_not_and_ends_with_4(tenant: Tenant) -> None:
    tenant.world.tagging.billing = "ce is not served"
    refused = tenant("cost", "tags-activate", "--yes")
    assert refused.code == 4
    assert "no Cost Explorer" in refused.err
    assert "ce is not served" in refused.err
