"""`tenant data policies apply`: what is told of shared tables, and who is told that there are none."""

from __future__ import annotations

import configparser
import json

import pytest

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


@pytest.fixture
def sharing(bare: Tenant) -> Tenant:
    """A cell with a tenant of each tier; who has rows has members."""
    assert bare("shared", "apply", "--yes").code == 0
    members = [{"id": "ada"}, {"id": "bob", "active": False}]
    bare.world.write("acme")
    bare.world.write("initech", tier="standard", database={})
    bare.world.write("hooli", tier="starter", size="small", database={}, members=members)
    for tenant in ("acme", "initech", "hooli"):
        assert bare("create", tenant).code == 0
    return bare


def test_the_pooler_is_told_of_a_pool_for_each_login_on_shared_databases_and_of_no_password(sharing: Tenant) -> None:
    slugs = {tenant: _slug(sharing, tenant) for tenant in ("initech", "hooli")}
    told = sharing("data", "pooler").out
    parsed = configparser.ConfigParser()
    parsed.read_string(told)
    databases, users = parsed["databases"], parsed["users"]
    assert set(databases) == set(slugs.values())
    assert f"dbname={slugs['initech']} pool_mode=transaction pool_size=19" in databases[slugs["initech"]]
    assert "dbname=pool pool_mode=transaction pool_size=4" in databases[slugs["hooli"]]
    member = next(login for login in users if "_" in login)
    assert member.startswith(f"{slugs['hooli']}_")
    assert dict(users) == {
        slugs["initech"]: "max_user_connections=19",
        slugs["hooli"]: "max_user_connections=4",
        member: "max_user_connections=1",
    }
    assert "password=" not in told


def test_pools_have_a_shape(sharing: Tenant) -> None:
    told = sharing("data", "pooler", "--output", "json").json("data-pooler")
    assert told["cell"] == "shared.us-east-1.1"
    assert sorted(pool["tenant"] for pool in told["pools"]) == ["hooli", "initech"]


def test_a_cell_that_is_not_there_has_no_pools(bare: Tenant) -> None:
    assert bare("data", "pooler").code == 2
    assert bare("data", "pooler", "--region", "mars-1").code == 2


def _slug(tenant: Tenant, id: str) -> str:
    return tenant("show", id, "--output", "json").json("show")["tenant"]["slug"]
