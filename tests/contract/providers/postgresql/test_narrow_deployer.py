"""A deployer of slices: it may make roles and databases, and hands on the membership of one group. No more."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from engine.providers.port import Props, ProviderError
from engine.providers.postgresql import PostgresqlProvider
from engine.providers.postgresql.provider import ConfiguredPostgresql
from engine.providers.reach import Direct
from tests.contract.providers.postgresql.cases import (
    CALL,
    DATABASE,
    DEFAULTS,
    GRANT,
    MEMBERSHIP,
    ROLE,
    SCHEMA,
    resource,
)
from tests.postgres_servers import Running


@dataclass
class Slices:
    """A shared database with a table of the group, somebody else's role and database, and the deployer's provider."""

    running: Running
    shared: str
    deployer: ConfiguredPostgresql
    password: str
    made: list[tuple[str, str, Props, Props]] = field(default_factory=list[tuple[str, str, Props, Props]])

    def make(self, type: str, **inputs: object) -> Props:
        checked = self.deployer.check(resource(type), None, dict(inputs), b"seed")
        assert not checked.failures
        created = self.deployer.create(resource(type), checked.inputs, CALL)
        self.made.append((type, created.id, checked.inputs, created.outputs))
        return checked.inputs

    def unmake(self) -> None:
        while self.made:
            type, id, inputs, outputs = self.made.pop()
            self.deployer.delete(resource(type), id, inputs, outputs, CALL)

    def ask(self, statement: str, database: str = "postgres") -> object:
        rows = self.running.run(statement, database)
        return rows[0][0] if rows else None

    def as_deployer(self, *statements: str) -> None:
        with self.running.connect(f"{self.shared}_deployer", self.password, self.shared) as connection:
            for each in statements:
                connection.execute(each.encode())


@pytest.fixture
def slices(running: Running, unique: str) -> Iterator[Slices]:
    password = secrets.token_urlsafe(12)
    for statement in (
        "CREATE ROLE {n}_group",
        f"CREATE ROLE {{n}}_deployer LOGIN CREATEROLE CREATEDB NOINHERIT PASSWORD '{password}'",
        "GRANT {n}_group TO {n}_deployer WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
        "CREATE ROLE {n}_other",
        "CREATE DATABASE {n}",
        "CREATE DATABASE {n}_others OWNER {n}_other",
        "REVOKE ALL ON DATABASE {n} FROM PUBLIC",
        "GRANT CONNECT, CREATE ON DATABASE {n} TO {n}_deployer",
        "GRANT CONNECT ON DATABASE {n} TO {n}_group",
    ):
        running.run(statement.replace("{n}", unique))
    for statement in (
        "CREATE TABLE public.orders (tenant_id text)",
        "INSERT INTO public.orders VALUES ('somebody')",
        f"GRANT SELECT ON public.orders TO {unique}_group",
    ):
        running.run(statement, unique)
    deployer = PostgresqlProvider(Direct()).configure(
        running.config(username=f"{unique}_deployer", password=password, superuser="false")
    )
    slices = Slices(running, unique, deployer, password)
    yield slices
    slices.unmake()
    for statement in (
        "DROP DATABASE {n} WITH (FORCE)",
        "DROP DATABASE IF EXISTS {n}_others",
        "DROP ROLE {n}_deployer",
        "DROP ROLE {n}_other",
        "DROP ROLE {n}_group",
    ):
        running.run(statement.replace("{n}", unique))


def test_a_narrow_deployer_can_make_a_tenants_slice_and_takes_it_all_down_again(slices: Slices, unique: str) -> None:
    shared, tenant, password = slices.shared, f"{unique}_tenant", secrets.token_urlsafe(12)
    before = slices.ask("SELECT count(*) FROM pg_auth_members")
    role = slices.make(
        ROLE, name=tenant, login=True, password=password, connectionLimit=5, searchPaths=[tenant],
        statementTimeout=30_000,
    )  # fmt: skip
    slices.make(MEMBERSHIP, role=tenant, grantRole=f"{shared}_group")
    slices.make(SCHEMA, name=tenant, database=shared, owner=tenant)
    slices.make(ROLE, name=f"{tenant}_member", login=True, password=password, roles=[f"{shared}_group"])
    slices.make(
        GRANT, role=f"{tenant}_member", database=shared, objectType="schema", schema=tenant, privileges=["USAGE"]
    )
    slices.make(
        DEFAULTS, role=f"{tenant}_member", database=shared, schema=tenant, owner=tenant, objectType="table",
        privileges=["SELECT"],
    )  # fmt: skip
    slices.make(DATABASE, name=f"{tenant}_own", owner=tenant)
    slices.make(GRANT, role="public", database=f"{tenant}_own", objectType="database", privileges=[])
    slices.make(
        GRANT, role=tenant, database=f"{tenant}_own", objectType="database",
        privileges=["CONNECT", "CREATE", "TEMPORARY"],
    )  # fmt: skip
    slices.make(SCHEMA, name="inside", database=f"{tenant}_own", owner=tenant)
    for type, id, inputs, outputs in slices.made:
        found = slices.deployer.read(resource(type), id, inputs, outputs)
        assert found is not None
        assert found.inputs == inputs
    with slices.running.connect(tenant, password, shared) as connection:
        connection.execute("CREATE TABLE notes (line text)")
        connection.execute("INSERT INTO notes VALUES ('mine')")
    with slices.running.connect(f"{tenant}_member", password, shared) as connection:
        assert connection.execute(f"SELECT line FROM {tenant}.notes".encode()).fetchall() == [("mine",)]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        slices.running.connect(f"{tenant}_member", password, f"{tenant}_own")
    slices.deployer.update(resource(ROLE), tenant, role, role, role | {"connectionLimit": 7}, CALL)
    slices.running.run(f"DROP TABLE {tenant}.notes", shared)
    slices.unmake()
    assert slices.ask(f"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{tenant}%'") == 0
    assert slices.ask(f"SELECT count(*) FROM pg_database WHERE datname LIKE '{tenant}%'") == 0
    assert slices.ask(f"SELECT count(*) FROM pg_namespace WHERE nspname LIKE '{tenant}%'", shared) == 0
    assert slices.ask("SELECT count(*) FROM pg_auth_members") == before


def test_a_narrow_deployer_alters_nobody_elses_role(slices: Slices) -> None:
    other: Props = {"name": f"{slices.shared}_other"}
    with pytest.raises(ProviderError, match="permission denied"):
        slices.deployer.update(resource(ROLE), other["name"], other, other, other | {"login": True}, CALL)
    with pytest.raises(ProviderError, match="permission denied"):
        slices.deployer.update(resource(ROLE), other["name"], other, other, other | {"password": "a-word"}, CALL)
    with pytest.raises(ProviderError, match="permission denied"):
        slices.deployer.delete(resource(ROLE), other["name"], other, other, CALL)
    group: Props = {"name": f"{slices.shared}_group"}
    with pytest.raises(ProviderError, match="permission denied"):
        slices.make(ROLE, name=f"{slices.shared}_tall", createRole=True, roles=["pg_read_all_data"])
    assert slices.ask(f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{other['name']}'") is False
    assert slices.ask(f"SELECT count(*) FROM pg_roles WHERE rolname = '{slices.shared}_tall'") == 0
    assert slices.deployer.read(resource(ROLE), group["name"], group, group) is not None


def test_a_narrow_deployer_drops_nobody_elses_database_and_grants_nothing_on_it(slices: Slices) -> None:
    database: Props = {"name": f"{slices.shared}_others", "owner": f"{slices.shared}_other"}
    with pytest.raises(ProviderError, match="permission denied"):
        slices.deployer.delete(resource(DATABASE), database["name"], database, database, CALL)
    with pytest.raises(ProviderError, match="permission denied"):
        slices.make(
            GRANT, role=f"{slices.shared}_deployer", database=database["name"], objectType="database",
            privileges=["CREATE"],
        )  # fmt: skip
    with pytest.raises(ProviderError, match="permission denied"):
        slices.make(SCHEMA, name="mine", database=database["name"], owner=f"{slices.shared}_deployer")
    assert slices.ask(f"SELECT count(*) FROM pg_database WHERE datname = '{database['name']}'") == 1


def test_a_narrow_deployer_does_not_read_the_groups_tables_as_itself(slices: Slices) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table orders"):
        slices.as_deployer("SELECT * FROM public.orders")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied to set role"):
        slices.as_deployer(f"SET ROLE {slices.shared}_group")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner of table orders"):
        slices.as_deployer("ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY")
