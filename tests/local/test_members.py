"""Members come, are let in, leave, and are taken out with what they had, in an own database and in a shared one."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.local.conftest import Desk

pytestmark = pytest.mark.xdist_group("shared-tiers")

TENANTS = {"standard": "lexcorp", "enterprise": "stark"}
BOB = '{"id": "bob"}'
CYD = '{"id": "cyd"}'
LEFT = '{"id": "bob", "active": false}'


def ada(tier: str) -> str:
    return f'{{"id": "ada", "login": "ada@{tier}.example"}}'


def profile(desk: Desk, tier: str, *members: str) -> None:
    size = "small" if tier == "enterprise" else "medium"
    desk.write(TENANTS[tier], tier=tier, size=size, members=f"[{', '.join(members)}]")


def login(desk: Desk, tenant: str, member: str) -> dict[str, Any]:
    return desk.secret(desk.outputs(tenant)["members"][member]["secretArn"])["database"]


@pytest.fixture(scope="module", params=TENANTS)
def tier(request: pytest.FixtureRequest, desk: Desk) -> str:
    profile(desk, request.param, ada(request.param), BOB)
    desk.run("create", TENANTS[request.param])
    return str(request.param)


def test_each_works_in_its_own_and_a_second_plan_is_empty(desk: Desk, tier: str) -> None:
    tenant = TENANTS[tier]
    for member in ("ada", "bob"):
        with desk.sql(login(desk, tenant, member)) as own:
            own.execute("create table notes (text text)")
            own.execute("insert into notes values ('kept')")
    with desk.sql(login(desk, tenant, "ada")) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute(f"select * from {login(desk, tenant, 'bob')['username']}.notes".encode())
    assert desk.try_("plan", tenant, "--detailed-exitcode").code == 0


def test_all_of_its_walls_hold(desk: Desk, tier: str) -> None:
    answer = desk.run("verify", TENANTS[tier], "--output", "json").json
    held = {each["assertion"] for each in answer["assertions"] if each["verdict"] == "HELD"}
    assert {f"members-{each}" for each in ("keys", "logins", "objects", "roles", "schemas", "secrets", "trust")} <= held
    assert (answer["summary"]["BROKEN"], answer["summary"]["INCONCLUSIVE"]) == (0, 0)


def test_they_are_shown_with_what_they_have_and_no_secret(desk: Desk, tier: str) -> None:
    told = desk.run("show", TENANTS[tier]).out
    assert f"  ada (ada@{tier}.example): m" in told
    assert login(desk, TENANTS[tier], "ada")["password"] not in told
    code = desk.outputs(TENANTS[tier])["members"]["ada"]["name"]
    assert f"{code} belongs to {TENANTS[tier]}" in desk.run("whois", code).out


def test_who_comes_is_made_beside_the_others_and_nothing_of_theirs_is_looked_at(desk: Desk, tier: str) -> None:
    """What the others have is not declared; a run that declares all of it finds it as it would have made it."""
    tenant = TENANTS[tier]
    secrets = {each: login(desk, tenant, each) for each in ("ada", "bob")}
    resources = sum(desk.run("plan", tenant, "--output", "json").json["summary"].values())
    profile(desk, tier, ada(tier), BOB, CYD)
    answer = desk.run("apply", tenant, "--output", "json").json
    code = desk.outputs(tenant)["members"]["cyd"]["name"]
    made = [each["name"] for each in answer["changes"] if each["op"] == "create"]
    assert {each.partition("-")[0] for each in made} == {code}
    assert (answer["summary"]["delete"], answer["summary"]["replace"]) == (0, 0)
    assert sum(answer["summary"].values()) == resources + len(made)
    assert {each: login(desk, tenant, each) for each in ("ada", "bob")} == secrets
    with desk.sql(login(desk, tenant, "cyd")) as own:
        assert own.execute("select current_user").fetchone() == (login(desk, tenant, "cyd")["username"],)
    assert desk.try_("plan", tenant, "--refresh", "--detailed-exitcode").code == 0
    assert desk.try_("plan", tenant, "--detailed-exitcode").code == 0


def test_whoever_is_a_member_elsewhere_is_refused(desk: Desk, tier: str) -> None:
    desk.write("ambush", tier="standard", members=f"[{ada(tier).replace('ada@', 'ADA@')}]")
    answer = desk.try_("create", "ambush")
    assert answer.code == 2
    assert "members[0].login" in answer.err
    assert "is of tenant" in answer.err
    assert not desk.status("ambush")


def test_a_member_leaves_before_what_it_had_goes(desk: Desk, tier: str) -> None:
    tenant, bob = TENANTS[tier], login(desk, TENANTS[tier], "bob")
    profile(desk, tier, ada(tier), CYD)
    answer = desk.try_("apply", tenant)
    assert answer.code == 2
    assert "first `active: false` for bob, applied" in answer.err
    profile(desk, tier, ada(tier), LEFT, CYD)
    desk.run("apply", tenant)
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        desk.sql(bob)
    assert bob["username"] in _schemas(desk, tenant)
    profile(desk, tier, ada(tier), CYD)
    desk.run("apply", tenant)
    assert bob["username"] not in _schemas(desk, tenant)
    assert desk.try_("plan", tenant, "--detailed-exitcode").code == 0


def _schemas(desk: Desk, tenant: str) -> set[str]:
    with desk.sql(login(desk, tenant, "ada")) as own:
        return {row[0] for row in own.execute("select nspname from pg_namespace").fetchall()}


def test_with_the_tenant_they_are_gone(desk: Desk, tier: str) -> None:
    """Last: it ends the tenant."""
    tenant, own = TENANTS[tier], login(desk, TENANTS[tier], "ada")
    slug = desk.slug(tenant)
    desk.run("destroy", tenant, "--purge", "--confirm", tenant)
    with pytest.raises(psycopg.OperationalError):
        desk.sql(own)
    assert [each for each in desk.aws("iam").list_roles()["Roles"] if slug in each["RoleName"]] == []
    secrets = desk.aws("secretsmanager").list_secrets()["SecretList"]
    assert [each["Name"] for each in secrets if f"{slug}-m" in each["Name"]] == []
