"""`tenant cost estimate`: the same figures in every form, shared services apart."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.cli.conftest import Tenant


@pytest.fixture
def named(bare: Tenant) -> tuple[Tenant, list[str]]:
    """Two profiles, of which nobody has made a tenant."""
    write = bare.world.write
    return bare, [str(write("acme")), str(write("globex", size="small", cost_center="=CC-2", owner="b@example.com"))]


def told(tenant: Tenant, *args: str) -> Any:
    return tenant("cost", "estimate", *args, "--output", "json").json("cost-estimate")


def test_an_estimate_needs_no_cloud_and_no_tenant(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    tenant.world.cloud.running = False
    data = told(tenant, *profiles)
    assert [each["name"] for each in data["tenants"]] == ["acme", "globex"]
    assert data["lower_bound"] is True
    assert {"tenant": "acme", "kind": "database", "dimension": "rds.backup.charged", "why": "billed by use"} in data[
        "unknown"
    ]
    assert tenant.world.cloud.log == []


def test_lines_sum_to_the_total_and_shared_services_are_not_in_it(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    data = told(tenant, *profiles)
    printed = sum(Decimal(line["monthly"]) for line in data["lines"] if line["monthly"])
    assert Decimal(data["total"]) == printed == sum(Decimal(each["total"]) for each in data["tenants"])
    (shared,) = data["shared"]
    assert shared["name"] == "shared.us-east-1.1"
    assert {line["tenant"] for line in shared["lines"]} == {"shared.us-east-1.1"}
    assert {line["tenant"] for line in data["lines"]} == {"acme", "globex"}


def test_csv_has_every_line_and_the_same_sum(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    data = told(tenant, *profiles)
    sheet = tenant("cost", "estimate", *profiles, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(sheet.out)))
    ours = [row for row in rows if row["scope"] == "tenant"]
    assert len(ours) == len(data["lines"])
    assert sum(Decimal(row["monthly"]) for row in ours if row["monthly"]) == Decimal(data["total"])
    assert all(row["why_unknown"] for row in rows if not row["monthly"])
    assert {row["tenant"] for row in rows if row["scope"] == "shared"} == {"shared.us-east-1.1"}


def test_format_json_is_output_json(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    assert tenant("cost", "estimate", *profiles, "--format", "json").json("cost-estimate") == told(tenant, *profiles)


def test_markdown_is_tables_with_a_total_each(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    page = tenant("cost", "estimate", *profiles, "--format", "markdown").out
    assert page.count("| KIND | DIMENSION |") == 3
    assert "### shared.us-east-1.1 in us-east-1, shared services: not part of a tenant's cost" in page
    assert "**acme: at least $" in page


def test_text_names_prices_in_one_piece_and_says_what_is_not_counted(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    text = tenant("cost", "estimate", *profiles).out
    assert "rds.postgres.db.m7g.large.single_az" in text
    assert "billed by use" in text
    assert "Shared services, not part of any tenant's cost:" in text
    rows = [line for line in text.splitlines() if "a month;" not in line]
    assert max(map(len, rows)) <= 110


def test_groups_are_by_kind_or_by_a_tag(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    kinds = told(tenant, *profiles, "--by", "kind")
    assert "database" in {group["value"] for group in kinds["groups"]}
    payers = told(tenant, *profiles, "--by", "tag")["groups"]
    assert [group["value"] for group in payers] == ["=CC-2", "CC-1"]
    assert sum(Decimal(group["total"]) for group in payers) == Decimal(kinds["total"])
    for form in ("text", "markdown", "csv"):
        assert "CC-1" in tenant("cost", "estimate", *profiles, "--by", "tag", "--format", form).out


def test_a_tag_that_a_spreadsheet_would_run_is_quoted_in_csv(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    assert "'=CC-2" in tenant("cost", "estimate", *profiles, "--by", "tag", "--format", "csv").out


def test_an_unknown_tag_ends_with_2(named: tuple[Tenant, list[str]]) -> None:
    tenant, profiles = named
    refused = tenant("cost", "estimate", *profiles, "--by", "tag:colour")
    assert refused.code == 2
    assert "tag:cost-center" in refused.err


def test_a_region_without_prices_has_no_total_and_is_never_free(bare: Tenant) -> None:
    file = str(bare.world.write("acme", region="eu-central-1"))
    data = told(bare, file)
    assert data["total"] is None
    assert {gap["why"] for gap in data["unknown"]} == {"no price table of this region"}
    text = bare("cost", "estimate", file).out
    assert "nobody knows what it costs" in text
    assert "0.00" not in text


def test_a_price_that_is_not_known_is_named(bare: Tenant) -> None:
    file = str(bare.world.write("acme", database={"instance_class": "db.r7g.2xlarge"}))
    unknown = bare("cost", "estimate", file).out.partition("no price of ")[2]
    assert "rds.postgres.db.r7g.2xlarge.single_az" in unknown


def test_a_plan_says_what_it_changes_in_the_cost(tenant: Tenant) -> None:
    tenant.world.write("acme", database={"storage_gb": 300})
    cost = tenant("plan", "acme", "--output", "json").json("plan")["cost"]
    assert Decimal(cost["monthly_after"]) - Decimal(cost["monthly_before"]) == Decimal("11.50")
    assert cost["delta"] == "11.50"
    assert {"kind": "database", "dimension": "rds.backup.charged", "why": "billed by use"} in cost["unknown"]
    assert "(+$11.50)" in tenant("plan", "acme").out


def test_a_plan_of_something_new_costs_nothing_before(tenant: Tenant) -> None:
    file = str(tenant.world.write("globex"))
    assert tenant("plan", file, "--output", "json").json("plan")["cost"]["monthly_before"] == "0.00"


def test_a_plan_of_shared_services_says_their_cost(bare: Tenant) -> None:
    cost = bare("shared", "plan", "--output", "json").json("shared-plan")["cost"]
    assert cost["monthly_before"] == "0.00"
    assert Decimal(cost["monthly_after"]) > 0


def test_apply_shows_the_cost_where_it_asks(tenant: Tenant) -> None:
    tenant.terminal = True
    tenant.world.write("acme", database={"storage_gb": 300})
    assert "(+$11.50)" in tenant("apply", "acme", says="n\n").err


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_create_says_the_cost_and_asks_at_a_terminal(tenant: Tenant, answer: str, code: int) -> None:
    tenant.terminal = True
    asked = tenant("create", str(tenant.world.write("globex")), says=answer)
    assert asked.code == code
    assert "$0.00 -> $" in asked.err
    assert bool(tenant.world.registry.find("local", "globex")) == (code == 0)


def test_create_in_a_script_says_the_cost_and_goes_on(tenant: Tenant) -> None:
    made = tenant("create", str(tenant.world.write("globex")))
    assert made.code == 0
    assert "$0.00 -> $" in made.err
    assert "created" in made.out


def test_create_of_what_is_there_asks_nobody(tenant: Tenant) -> None:
    tenant.terminal = True
    again = tenant("create", "acme")
    assert again.code == 0
    assert "cost" not in again.err
