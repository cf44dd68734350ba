"""`tenant data policies apply`: what is told of shared tables, and who is told that there are none."""

from __future__ import annotations

import json

from cli import shapes, text
from operations.lifecycle.data_policies import Pool, Tables
from tests.unit.cli.conftest import Tenant, checked

FOUND = Tables(
    Pool("hooli", "us-east-1", 1, 1, "pool.app"),
    protected=("orders",),
    closed=("currencies",),
    unprotected=("invoices: no policy",),
    exposed=("totals: a view that reads with its owner's rights",),
)


def test_what_is_wrong_is_told_first_and_counted() -> None:
    lines = list(text.tables(FOUND))
    assert "invoices" in lines[0]
    assert "totals" in lines[1]
    assert lines[-1] == "pool.app: 1 table shared row by row, 2 to be mended by hand."


def test_it_has_a_shape() -> None:
    told = checked(json.dumps(shapes.tables(FOUND)), "data-policies-apply")
    assert (told["tenant"], told["protected"]) == ("hooli", ["orders"])


def test_a_tenant_with_a_database_of_its_own_shares_no_tables(tenant: Tenant) -> None:
    refused = tenant("data", "policies", "apply", "acme", "--yes")
    assert refused.code == 2
    assert "shares no tables" in refused.err
    assert tenant.world.cloud.log == []


def test_who_is_not_there_shares_nothing(tenant: Tenant) -> None:
    assert tenant("data", "policies", "apply", "nobody", "--yes").code == 2
