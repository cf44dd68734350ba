"""Checking and diffing of PostgreSQL rows: pure, without a server."""

from __future__ import annotations

import pytest
from pulumi._types import input_type_py_to_pulumi_names
from pulumi_postgresql.database import DatabaseArgs
from pulumi_postgresql.default_privileges import DefaultPrivilegesArgs
from pulumi_postgresql.grant import GrantArgs
from pulumi_postgresql.grant_role import GrantRoleArgs
from pulumi_postgresql.provider import ProviderArgs
from pulumi_postgresql.role import RoleArgs
from pulumi_postgresql.schema import SchemaArgs

from engine.providers.port import UNKNOWN, Props, Resource
from engine.providers.postgresql import PostgresqlProvider, settings
from engine.providers.postgresql.provider import ROWS
from engine.providers.reach import Direct

ROLE = "postgresql:index/role:Role"
DATABASE = "postgresql:index/database:Database"
SCHEMA = "postgresql:index/schema:Schema"
GRANT = "postgresql:index/grant:Grant"
DEFAULTS = "postgresql:index/defaultPrivileges:DefaultPrivileges"
MEMBERSHIP = "postgresql:index/grantRole:GrantRole"
PROVIDER = PostgresqlProvider(Direct())
CONFIGURED = PROVIDER.configure({"username": "master", "host": UNKNOWN})


def resource(type: str) -> Resource:
    return Resource(f"urn:pulumi:local.t::tenants::{type}::it", type, "it")


def _refused(type: str, inputs: Props) -> list[str]:
    return [failure.property for failure in CONFIGURED.check(resource(type), None, inputs, b"").failures]


@pytest.mark.parametrize(
    ("type", "args"),
    [
        (ROLE, RoleArgs),
        (DATABASE, DatabaseArgs),
        (SCHEMA, SchemaArgs),
        (GRANT, GrantArgs),
        (DEFAULTS, DefaultPrivilegesArgs),
        (MEMBERSHIP, GrantRoleArgs),
    ],
)
def test_every_property_of_the_official_type_stands_in_the_table_and_no_other(type: str, args: type) -> None:
    assert {each.name for each in ROWS[type].table} == set(input_type_py_to_pulumi_names(args).values())


def test_every_setting_of_the_official_provider_is_either_read_or_refused_with_a_reason() -> None:
    official = set(input_type_py_to_pulumi_names(ProviderArgs).values())
    failures = {failure.property: failure.reason for failure in settings.faults(dict.fromkeys(official, "x"))}
    assert all("no such setting" not in reason for reason in failures.values())


def test_a_setting_nobody_knows_is_refused() -> None:
    assert [failure.property for failure in PROVIDER.check_config({"hots": "localhost"})] == ["hots"]


def test_settings_are_read_from_the_strings_that_the_sdk_sends() -> None:
    config: Props = {"host": "db", "port": "6432", "superuser": "false", "connectTimeout": "3", "version": "3.18.2"}
    assert not PROVIDER.check_config(config)
    read = settings.parse(config)
    assert (read.port, read.superuser, read.connect_timeout) == (6432, False, 3)


def test_a_password_is_not_in_the_settings_printed_form() -> None:
    assert "secret" not in repr(settings.parse({"password": "secret"}))


@pytest.mark.parametrize(
    ("type", "inputs", "property"),
    [
        pytest.param(ROLE, {"name": "x" * 64}, "name", id="a name that PostgreSQL would cut"),
        pytest.param(ROLE, {"name": "é" * 32}, "name", id="a name of 64 bytes in 32 characters"),
        pytest.param(ROLE, {"name": ""}, "name", id="an empty name"),
        pytest.param(ROLE, {"name": "a", "login": "yes"}, "login", id="a flag that is a string"),
        pytest.param(ROLE, {"name": "a", "connectionLimit": 1.5}, "connectionLimit", id="half a connection"),
        pytest.param(ROLE, {"name": "a", "connectionLimit": -2}, "connectionLimit", id="less than no limit"),
        pytest.param(ROLE, {"name": "a", "searchPaths": ["a, b"]}, "searchPaths", id="a path with a comma"),
        pytest.param(ROLE, {"name": "a", "encryptedPassword": False}, "encryptedPassword", id="a password in clear"),
        pytest.param(ROLE, {"name": "a", "passwordWo": UNKNOWN}, "passwordWo", id="what is not built, unknown yet"),
        pytest.param(ROLE, {"name": "a", "password": ""}, "password", id="an empty password"),
        pytest.param(GRANT, {"database": "d", "objectType": "database", "privileges": []}, "role", id="nobody"),
        pytest.param(
            GRANT, {"role": "r", "database": "d", "objectType": "function", "schema": "s", "privileges": []},
            "objectType", id="a kind that is not built",
        ),
        pytest.param(
            GRANT, {"role": "r", "database": "d", "objectType": "table", "privileges": ["SELECT"]},
            "schema", id="tables of no schema",
        ),
        pytest.param(
            GRANT, {"role": "r", "database": "d", "objectType": "database", "privileges": ["ALL", "CONNECT"]},
            "privileges", id="all and one more",
        ),
        pytest.param(
            DEFAULTS, {"role": "r", "database": "d", "owner": "o", "objectType": "view", "privileges": []},
            "objectType", id="defaults on what there is not",
        ),
        pytest.param(
            DEFAULTS,
            {"role": "r", "database": "d", "owner": "o", "objectType": "sequence", "privileges": ["INSERT"]},
            "privileges", id="defaults that do not go with the kind",
        ),
        pytest.param(
            DEFAULTS,
            {"role": "r", "database": "d", "owner": "o", "objectType": "schema", "schema": "s", "privileges": []},
            "schema", id="a schema in a schema",
        ),
        pytest.param(MEMBERSHIP, {"role": "r"}, "grantRole", id="a member of nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_name(type: str, inputs: Props, property: str) -> None:
    assert _refused(type, inputs) == [property]


def test_what_is_not_known_yet_is_taken() -> None:
    assert not _refused(ROLE, {"name": UNKNOWN, "password": UNKNOWN, "connectionLimit": UNKNOWN, "roles": [UNKNOWN]})


def test_a_name_is_generated_from_the_seed_and_kept() -> None:
    here = resource(ROLE)
    first = CONFIGURED.check(here, None, {}, b"seed").inputs
    assert first["name"].startswith("it-")
    assert CONFIGURED.check(here, None, {}, b"seed").inputs == first
    assert CONFIGURED.check(here, first, {}, b"other").inputs["name"] == first["name"]
    assert CONFIGURED.check(here, {"name": "given"}, {}, b"other").inputs["name"] != "given"


def test_order_repetition_and_defaults_written_out_are_no_change() -> None:
    old: Props = {"name": "a", "roles": ["x", "y"]}
    new: Props = {"name": "a", "roles": ["y", "x", "x"], "login": False, "connectionLimit": -1.0}
    assert not CONFIGURED.diff(resource(ROLE), "a", old, {}, new).changes


def test_an_owner_not_named_is_the_providers_user() -> None:
    assert CONFIGURED.preview(resource(DATABASE), {"name": "d"}, None)["owner"] == "master"
    assert not CONFIGURED.diff(resource(DATABASE), "d", {"name": "d"}, {}, {"name": "d", "owner": "master"}).changes


def test_ids_are_those_of_the_official_provider() -> None:
    grant: Props = {"role": "r", "database": "d", "objectType": "table", "schema": "s", "objects": ["b", "a"]}
    assert ROWS[SCHEMA].id({"database": "d", "name": "s"}) == "d.s"
    assert ROWS[GRANT].id(grant) == "r_d_s_table_b_a"
    defaults: Props = {"role": "r", "database": "d", "owner": "o", "objectType": "table", "schema": None}
    assert ROWS[DEFAULTS].id(defaults) == "r_d_noschema_o_table"
    assert ROWS[MEMBERSHIP].id({"role": "r", "grantRole": "g", "withAdminOption": True}) == "r_g_true"
    assert ROWS[GRANT].id(grant | {"objectType": "database", "schema": None, "objects": []}) == "r_d_database"


def test_databases_and_schemas_hold_data_and_roles_and_grants_do_not() -> None:
    assert {type for type in ROWS if PROVIDER.holds_data(type)} == {DATABASE, SCHEMA}
