"""One case for each row: what it is made of, how it changes, how somebody changes it behind the tool's back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from engine.providers.port import Call, Props, Resource
from engine.providers.postgresql.provider import ConfiguredPostgresql

ROLE = "postgresql:index/role:Role"
DATABASE = "postgresql:index/database:Database"
SCHEMA = "postgresql:index/schema:Schema"
GRANT = "postgresql:index/grant:Grant"
DEFAULTS = "postgresql:index/defaultPrivileges:DefaultPrivileges"
MEMBERSHIP = "postgresql:index/grantRole:GrantRole"
CALL = Call()


def resource(type: str, name: str = "it") -> Resource:
    return Resource(f"urn:pulumi:local.t::tenants::{type}::{name}", type, name)


@dataclass(frozen=True)
class Drift:
    """A statement sent as superuser, where `{n}` is the test's name, and the property in which it has to be seen.

    `undo` takes it back where the provider's login can't, or where the change means a new resource.
    """

    statement: str
    property: str
    inside: bool = False  # whether it is sent within the database {n}, not `postgres`
    undo: str = ""


@dataclass(frozen=True)
class Case:
    """A row at work. `{n}` in values stands for a name that no other test uses."""

    type: str
    inputs: Props
    change: Props
    replacing: Props
    refused: Props
    drifts: tuple[Drift, ...]
    id: str
    before: tuple[tuple[str, Props], ...] = field(default=())

    def of(self, name: str) -> Props:
        return _filled(self.inputs, name)

    def changed(self, name: str) -> Props:
        return _filled(self.inputs | self.change, name)


def _filled(props: Props, name: str) -> Props:
    def fill(value: object) -> object:
        if isinstance(value, str):
            return value.replace("{n}", name)
        return [fill(each) for each in cast("list[object]", value)] if isinstance(value, list) else value

    return {key: fill(value) for key, value in props.items()}


def prepare(case: Case, provider: ConfiguredPostgresql, name: str) -> Callable[[], None]:
    """Make what the case needs around it; the result takes it down again."""
    made: list[tuple[Resource, str, Props, Props]] = []
    for type, inputs in case.before:
        here = resource(type)
        checked = provider.check(here, None, _filled(inputs, name), b"seed")
        assert not checked.failures
        created = provider.create(here, checked.inputs, CALL)
        made.append((here, created.id, checked.inputs, created.outputs))

    def undo() -> None:
        for here, id, inputs, outputs in reversed(made):
            provider.delete(here, id, inputs, outputs, CALL)

    return undo


_OWNER = (ROLE, {"name": "{n}_owner", "login": True, "password": "owner-password"})
_DATABASE = (DATABASE, {"name": "{n}", "owner": "{n}_owner"})
_SCHEMA = (SCHEMA, {"name": "{n}_s", "database": "{n}", "owner": "{n}_owner"})

CASES = (
    Case(
        type=ROLE,
        id="role",
        before=((ROLE, {"name": "{n}_group"}),),
        inputs={
            "name": "{n}",
            "login": True,
            "password": "first-password",
            "connectionLimit": 5.0,
            "statementTimeout": 60_000.0,
            "searchPaths": ["{n}", 'Odd "name"'],
            "roles": ["{n}_group"],
        },
        change={
            "password": "second-password",
            "connectionLimit": 7,
            "createDatabase": True,
            "statementTimeout": 0,
            "idleInTransactionSessionTimeout": 1000,
            "searchPaths": [],
            "roles": [],
            "validUntil": "2039-01-01T00:00:00Z",
            "assumeRole": "{n}",
            "inherit": False,
        },
        replacing={},
        refused={"passwordWo": "x"},
        drifts=(
            Drift("ALTER ROLE {n} NOLOGIN", "login"),
            Drift("ALTER ROLE {n} SUPERUSER", "superuser"),
            Drift("ALTER ROLE {n} CREATEDB", "createDatabase"),
            Drift("ALTER ROLE {n} CREATEROLE", "createRole"),
            Drift("ALTER ROLE {n} NOINHERIT", "inherit"),
            Drift("ALTER ROLE {n} REPLICATION", "replication"),
            Drift("ALTER ROLE {n} BYPASSRLS", "bypassRowLevelSecurity"),
            Drift("ALTER ROLE {n} CONNECTION LIMIT 99", "connectionLimit"),
            Drift("ALTER ROLE {n} VALID UNTIL '2031-01-01'", "validUntil"),
            Drift("ALTER ROLE {n} SET statement_timeout TO '5s'", "statementTimeout"),
            Drift(
                "ALTER ROLE {n} SET idle_in_transaction_session_timeout TO '1min'", "idleInTransactionSessionTimeout"
            ),
            Drift("ALTER ROLE {n} SET search_path TO public", "searchPaths"),
            Drift("ALTER ROLE {n} SET role TO {n}_group", "assumeRole"),
            Drift("GRANT pg_monitor TO {n}", "roles"),
        ),
    ),
    Case(
        type=DATABASE,
        id="database",
        before=(_OWNER, (ROLE, {"name": "{n}_heir"})),
        inputs={"name": "{n}", "owner": "{n}_owner", "encoding": "utf8", "connectionLimit": 20.0},
        change={"owner": "{n}_heir", "connectionLimit": 30, "isTemplate": True, "alterObjectOwnership": True},
        replacing={"encoding": "SQL_ASCII"},
        refused={"sizeLimit": 3},
        drifts=(
            Drift("ALTER DATABASE {n} OWNER TO {n}_heir", "owner"),
            Drift("ALTER DATABASE {n} CONNECTION LIMIT 3", "connectionLimit"),
            Drift("ALTER DATABASE {n} ALLOW_CONNECTIONS false", "allowConnections"),
            Drift("ALTER DATABASE {n} IS_TEMPLATE true", "isTemplate"),
        ),
    ),
    Case(
        type=SCHEMA,
        id="schema",
        before=(_OWNER, _DATABASE),
        inputs={"name": "{n}_s", "database": "{n}", "owner": "{n}_owner"},
        change={"owner": "master", "dropCascade": True},
        replacing={"database": "postgres"},
        refused={"policies": [{"role": "public", "usage": True}]},
        drifts=(Drift("ALTER SCHEMA {n}_s OWNER TO rdsadmin", "owner", inside=True),),
    ),
    Case(
        type=GRANT,
        id="grant on a database to everybody",
        before=(_OWNER, _DATABASE),
        inputs={"role": "public", "database": "{n}", "objectType": "database", "privileges": []},
        change={"privileges": ["CONNECT"]},
        replacing={"withGrantOption": True},
        refused={"columns": ["a"]},
        drifts=(Drift("GRANT TEMPORARY ON DATABASE {n} TO PUBLIC", "privileges"),),
    ),
    Case(
        type=GRANT,
        id="grant on a schema",
        before=(_OWNER, (ROLE, {"name": "{n}_reader"}), _DATABASE, _SCHEMA),
        inputs={
            "role": "{n}_reader",
            "database": "{n}",
            "objectType": "schema",
            "schema": "{n}_s",
            "privileges": ["USAGE"],
        },
        change={"privileges": ["USAGE", "CREATE"]},
        replacing={"schema": "public"},
        refused={"privileges": ["SELECT"]},
        drifts=(
            Drift("REVOKE USAGE ON SCHEMA {n}_s FROM {n}_reader", "privileges", inside=True),
            Drift("GRANT CREATE ON SCHEMA {n}_s TO {n}_reader", "privileges", inside=True),
            Drift("GRANT USAGE ON SCHEMA {n}_s TO {n}_reader WITH GRANT OPTION", "withGrantOption", inside=True),
        ),
    ),
    Case(
        type=DEFAULTS,
        id="default privileges in a schema",
        before=(_OWNER, (ROLE, {"name": "{n}_reader"}), _DATABASE, _SCHEMA),
        inputs={
            "role": "{n}_reader",
            "database": "{n}",
            "owner": "{n}_owner",
            "schema": "{n}_s",
            "objectType": "table",
            "privileges": ["SELECT"],
        },
        change={"privileges": ["INSERT", "SELECT"]},
        replacing={"objectType": "sequence", "withGrantOption": True},
        refused={"privileges": ["USAGE"]},
        drifts=(
            Drift(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {n}_owner IN SCHEMA {n}_s GRANT DELETE ON TABLES TO {n}_reader",
                "privileges",
                inside=True,
            ),
            Drift(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {n}_owner IN SCHEMA {n}_s REVOKE ALL ON TABLES FROM {n}_reader",
                "privileges",
                inside=True,
            ),
            Drift(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {n}_owner IN SCHEMA {n}_s"
                " GRANT SELECT ON TABLES TO {n}_reader WITH GRANT OPTION",
                "withGrantOption",
                inside=True,
                undo="ALTER DEFAULT PRIVILEGES FOR ROLE {n}_owner IN SCHEMA {n}_s"
                " REVOKE GRANT OPTION FOR SELECT ON TABLES FROM {n}_reader",
            ),
        ),
    ),
    Case(
        type=DEFAULTS,
        id="default privileges of everybody on functions",
        before=(_OWNER, _DATABASE),
        inputs={
            "role": "public",
            "database": "{n}",
            "owner": "{n}_owner",
            "objectType": "function",
            "privileges": [],
        },
        change={"privileges": ["EXECUTE"]},
        replacing={"owner": "master"},
        refused={"schema": 3},
        drifts=(
            Drift(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {n}_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
                "privileges",
                inside=True,
            ),
        ),
    ),
    Case(
        type=MEMBERSHIP,
        id="membership",
        before=((ROLE, {"name": "{n}_group"}), (ROLE, {"name": "{n}_member", "login": True, "password": "a-password"})),
        inputs={"role": "{n}_member", "grantRole": "{n}_group"},
        change={},
        replacing={"withAdminOption": True},
        refused={"grantRole": ""},
        drifts=(
            Drift(
                "GRANT {n}_group TO {n}_member WITH ADMIN OPTION",
                "withAdminOption",
                undo="REVOKE {n}_group FROM {n}_member",
            ),
        ),
    ),
)
