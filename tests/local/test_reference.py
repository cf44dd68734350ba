"""Reference tables: read by who names them, in a pool and beside schemas of a bridge, and written by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from tests.local import tiers
from tests.local.conftest import Desk, opened

pytestmark = pytest.mark.xdist_group("reference")

POOL, BRIDGE, WITHOUT = "hooli", "initech", "hoovers"
READERS = {POOL: "starter", BRIDGE: tiers.SCHEMAS}
GIVEN = {"reference": ["reference"]}
BEYOND = (
    "insert into reference.currencies values ('USD')",
    "update reference.currencies set code = 'USD'",
    "delete from reference.currencies",
    "truncate reference.currencies",
    "drop table reference.currencies",
    "create table reference.mine (n int)",
    "create index mine on reference.currencies (code)",
)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A desk of its own, with a tier of schemas. The application makes its table when the tenants are there."""
    with opened() as made:
        tiers.write(made)
        for tenant, tier in READERS.items():
            made.write(tenant, tier=tier, shared=GIVEN, members=[{"id": "ada"}])
            made.run("create", tenant)
        made.write(WITHOUT, tier="starter")
        made.run("create", WITHOUT)
        for database in ("pool", "bridge"):
            with made.application(database) as application:
                application.execute("create table reference.currencies (code text primary key)")
                application.execute("insert into reference.currencies values ('EUR')")
        yield made


def logins(desk: Desk, tenant: str) -> dict[str, psycopg.Connection[object]]:
    """A session of each that reads for the tenant, by who it is."""
    told = desk.outputs(tenant)
    found = {"login": desk.secret(told["databaseSecretArn"])}
    found["ada"] = desk.secret(told["members"]["ada"]["secretArn"])["database"]
    if tenant == BRIDGE:
        found |= desk.secret(told["databasePeopleSecretArn"])
    return {who: desk.sql(login) for who, login in found.items()}


@pytest.mark.parametrize("tenant", READERS)
def test_who_names_them_reads_a_table_that_came_later_and_changes_nothing(desk: Desk, tenant: str) -> None:
    with ExitStack() as stack:
        for session in logins(desk, tenant).values():
            own = stack.enter_context(session)
            assert own.execute("select code from reference.currencies").fetchall() == [("EUR",)]
            for statement in BEYOND:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    own.execute(statement.encode())
    assert desk.try_("plan", tenant, "--detailed-exitcode").code == 0
    assert desk.outputs(tenant)["referenceSchemas"] == ["reference"]


def test_who_does_not_name_them_reads_nothing(desk: Desk) -> None:
    login = desk.secret(desk.outputs(WITHOUT)["databaseSecretArn"])
    with desk.sql(login) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute("select code from reference.currencies")


def test_they_are_no_drift_of_the_cell_and_none_of_the_tables_that_need_policies(desk: Desk) -> None:
    assert "no changes" in desk.run("shared", "apply", "--refresh").out.lower()
    told = desk.run("data", "policies", "apply", POOL, "--output", "json").json
    assert (told["protected"], told["closed"], told["exposed"]) == ([], [], [])


def test_all_walls_hold_beside_them(desk: Desk) -> None:
    every = desk.run("verify", "--output", "json").json
    assert (every["summary"]["BROKEN"], every["summary"]["INCONCLUSIVE"]) == (0, 0)
    held = {
        (each["assertion"], each["subject"], each["against"] or "")
        for each in every["assertions"]
        if each["verdict"] == "HELD" and each["assertion"].startswith("shared-reference")
    }
    assert held == {
        *(("shared-reference-read-only", tenant, "") for tenant in READERS),
        *(("shared-reference-grants", tenant, "") for tenant in (*READERS, WITHOUT)),
        ("shared-reference-others", WITHOUT, POOL),
    }


def test_what_the_readers_were_given_beyond_is_taken_back(desk: Desk) -> None:
    with desk.application() as application:
        application.execute("grant update on reference.currencies to reference_readers")
    broken = desk.try_("verify", POOL, "--output", "json")
    assert broken.code == 7
    assert {each["assertion"] for each in broken.json["assertions"] if each["verdict"] == "BROKEN"} == {
        "shared-reference-grants",
        "shared-reference-read-only",
    }
    desk.run("shared", "apply", "--refresh")
    assert desk.run("verify", POOL, "--output", "json").json["summary"]["BROKEN"] == 0


def test_names_that_there_are_not_and_databases_that_are_not_theirs_are_refused(desk: Desk) -> None:
    desk.write("ambush", tier="starter", shared={"reference": ["refrence"]})
    answer = desk.try_("create", "ambush")
    assert (answer.code, "Allowed: reference." in answer.err) == (2, True)
    desk.write("ambush", tier="standard", shared=GIVEN)
    answer = desk.try_("create", "ambush")
    assert (answer.code, "a database of their own" in answer.err) == (2, True)
    assert not desk.status("ambush")


@pytest.mark.parametrize("tenant", READERS)
def test_out_of_the_profile_they_are_closed(desk: Desk, tenant: str) -> None:
    """Last: it takes them away."""
    desk.write(tenant, tier=READERS[tenant], members=[{"id": "ada"}])
    desk.run("apply", tenant)
    with ExitStack() as stack:
        for session in logins(desk, tenant).values():
            own = stack.enter_context(session)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                own.execute("select code from reference.currencies")
    assert desk.try_("plan", tenant, "--detailed-exitcode").code == 0
