"""Row security on a real server: what logins of tenants and members see, what drifts, what goes round it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import grpc
import psycopg
import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from engine.embedded.command import EmbeddedCommand
from engine.providers import servicer, wire
from engine.providers.port import Props, ProviderError, Resource
from engine.providers.postgresql import PostgresqlProvider, RowSecurityProvider
from engine.providers.postgresql.provider import ConfiguredPostgresql
from engine.providers.postgresql.row_security import TYPE
from engine.providers.reach import Direct
from engine.runs import Op, Outcome, PathChange
from engine.workspaces import Workspaces
from stacks.parts.row_security import RowSecurity, RowSecurityProviderArgs
from stacks.parts.row_security import RowSecurityProvider as Server
from tests.contract.providers.postgresql.cases import CALL, DATABASE, ROLE, SCHEMA, resource
from tests.postgres_servers import Running

_A, _B, _PASSWORD = "taaaaaaaaa", "tbbbbbbbbb", "a-password"  # noqa: S105 - of a server of this test
HERE = Resource(f"urn:pulumi:local.t::tenants::{TYPE}::it", TYPE, "it")


@dataclass
class App:
    """A database `{n}` with the schema `app` of an owner that is not the provider's login, and the provider."""

    running: Running
    name: str
    provider: ConfiguredPostgresql
    state: Props = field(default_factory=dict[str, object])

    @property
    def inputs(self) -> Props:
        return {"database": self.name, "schema": "app", "role": f"{self.name}_tenants"}

    def run(self, statement: str) -> None:
        """As the owner: what migrations of the application do."""
        self.running.run(f"SET ROLE {self.name}_owner; SET search_path TO app; {statement}", self.name)

    def protect(self, **more: object) -> Props:
        checked = self.provider.check(HERE, None, self.inputs | more, b"seed")
        assert not checked.failures
        self.state = self.provider.create(HERE, checked.inputs, CALL).outputs
        return self.state

    def refresh(self) -> list[str]:
        """What a refresh shows as drift; the state is what it saw."""
        found = self.provider.read(HERE, "it", self.inputs, self.state)
        assert found is not None
        self.state = found.outputs
        return [each.path for each in self.provider.diff(HERE, "it", found.inputs, found.outputs, self.inputs).changes]

    def mend(self) -> Props:
        self.state = self.provider.update(HERE, "it", self.inputs, self.state, self.inputs, CALL)
        return self.state

    def ask(self, login: str, statement: str) -> list[tuple[object, ...]]:
        with self.running.connect(f"{login}", _PASSWORD, self.name) as connection:
            connection.execute(b"SET search_path TO app")
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def app(running: Running, provider: ConfiguredPostgresql, unique: str) -> Iterator[App]:
    made: list[tuple[str, str, Props, Props]] = []

    def make(type: str, **inputs: object) -> None:
        checked = provider.check(resource(type), None, dict(inputs), b"seed")
        created = provider.create(resource(type), checked.inputs, CALL)
        made.append((type, created.id, checked.inputs, created.outputs))

    make(ROLE, name=f"{unique}_owner")
    make(ROLE, name=f"{unique}_tenants")
    make(DATABASE, name=unique, owner=f"{unique}_owner")
    make(SCHEMA, name="app", database=unique, owner=f"{unique}_owner", dropCascade=True)
    for login in (_A, f"{_A}_ann", f"{_A}_bob_b", _B):
        make(ROLE, name=login, login=True, password=_PASSWORD, roles=[f"{unique}_tenants"])
    own = RowSecurityProvider(Direct()).configure(running.config())
    yield App(running, unique, _prepared(running, unique, own))
    for type, id, inputs, outputs in reversed(made):
        provider.delete(resource(type), id, inputs, outputs, CALL)


def _prepared(running: Running, unique: str, provider: ConfiguredPostgresql) -> ConfiguredPostgresql:
    running.run(
        f"""SET ROLE {unique}_owner; SET search_path TO app;
        GRANT USAGE ON SCHEMA app TO {unique}_tenants;
        CREATE TABLE orders (tenant_id text NOT NULL, what text);
        INSERT INTO orders VALUES ('{_A}', 'a'), ('{_B}', 'b');
        CREATE TABLE notes (tenant_id varchar(10), member_id text, what text);
        INSERT INTO notes VALUES ('{_A}', 'ann', 'of ann'), ('{_A}', 'bob_b', 'of bob'), ('{_B}', 'ann', 'of b');
        CREATE TABLE plans (what text);
        GRANT SELECT ON plans TO {unique}_tenants;
        CREATE TABLE events (tenant_id text, at int) PARTITION BY RANGE (at);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (9);
        INSERT INTO events VALUES ('{_A}', 1), ('{_B}', 2)""",
        unique,
    )
    return provider


def test_a_login_sees_and_writes_its_own_tenants_rows_only(app: App) -> None:
    outputs = app.protect()
    assert outputs["protected"] == ["events", "events_1", "notes", "orders"]
    assert (outputs["unprotected"], outputs["closed"], outputs["exposed"]) == ([], ["plans"], [])
    assert app.ask(_A, "SELECT what FROM orders") == [("a",)]
    assert app.ask(_B, "SELECT what FROM orders") == [("b",)]
    assert app.ask(_A, "SELECT at FROM events") == [(1,)]
    assert app.ask(_A, "SELECT at FROM events_1") == [(1,)]
    app.ask(_A, f"INSERT INTO orders VALUES ('{_A}', 'mine')")
    assert app.ask(_B, "UPDATE orders SET what = 'taken' RETURNING what") == [("taken",)]
    assert app.ask(_A, "SELECT what FROM orders ORDER BY 1") == [("a",), ("mine",)]
    for statement in (f"INSERT INTO orders VALUES ('{_B}', 'x')", f"UPDATE orders SET tenant_id = '{_B}'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security policy"):
            app.ask(_A, statement)
    for statement in ("TRUNCATE orders", "SELECT * FROM plans"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
            app.ask(_A, statement)


def test_a_member_sees_its_tenants_rows_and_of_a_table_of_members_its_own(app: App) -> None:
    app.protect()
    for login in (f"{_A}_ann", f"{_A}_bob_b"):
        assert app.ask(login, "SELECT what FROM orders") == [("a",)]
    assert app.ask(f"{_A}_ann", "SELECT what FROM notes") == [("of ann",)]
    assert app.ask(f"{_A}_bob_b", "SELECT what FROM notes") == [("of bob",)]
    assert app.ask(_A, "SELECT what FROM notes ORDER BY 1") == [("of ann",), ("of bob",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security policy"):
        app.ask(f"{_A}_ann", f"INSERT INTO notes VALUES ('{_A}', 'bob_b', 'forged')")


def test_a_login_can_be_nobody_else_whatever_it_sets(app: App) -> None:
    app.protect()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.ask(_A, f"SET ROLE {_B}")
    with app.running.connect(_A, _PASSWORD, app.name) as connection:
        connection.execute(f"SET SESSION app.tenant_id = '{_B}'".encode())
        assert connection.execute(b"SELECT what FROM app.orders").fetchall() == [("a",)]
        connection.execute(f"SET ROLE {app.name}_tenants".encode())
        assert connection.execute(b"SELECT what FROM app.orders").fetchall() == []


def test_what_was_made_is_read_back_without_a_difference_and_made_twice_changes_nothing(app: App) -> None:
    first = app.protect()
    assert app.refresh() == []
    assert app.state == first
    assert app.mend() == first
    assert app.provider.find(HERE, app.inputs) is None


def test_a_table_that_a_migration_adds_is_closed_until_it_is_protected(app: App) -> None:
    app.protect()
    app.run(f"CREATE TABLE later (tenant_id text); INSERT INTO later VALUES ('{_A}'), ('{_B}')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
        app.ask(_A, "SELECT * FROM later")
    assert app.refresh() == ["unprotected[0]"]
    assert app.state["unprotected"] == [
        "later: row security is off, row security is not forced on the owner, no policy, privileges none"
    ]
    assert app.mend()["unprotected"] == []
    assert app.refresh() == []
    assert app.ask(_A, "SELECT * FROM later") == [(_A,)]


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "orders: row security is off"),
        ("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "orders: row security is not forced on the owner"),
        ("DROP POLICY tenant_rows ON orders", "orders: no policy"),
        ("ALTER POLICY tenant_rows ON orders USING (true)", "orders: another policy"),
        ("ALTER POLICY tenant_rows ON notes WITH CHECK (true)", "notes: another policy"),
        ("ALTER POLICY tenant_rows ON orders TO PUBLIC", "orders: another policy"),
        ("ALTER TABLE orders ADD COLUMN member_id text", "orders: another policy"),
        ("GRANT TRUNCATE ON orders TO {n}_tenants", "orders: privileges DELETE, INSERT, SELECT, TRUNCATE, UPDATE"),
        ("REVOKE INSERT ON orders FROM {n}_tenants", "orders: privileges DELETE, SELECT, UPDATE"),
        ("GRANT SELECT ON orders TO PUBLIC", "orders: privileges of everybody SELECT"),
        ("GRANT REFERENCES (what) ON orders TO {n}_tenants", "orders: privileges on columns"),
        ("GRANT SELECT ON plans TO {n}_tenants", "plans: no column tenant_id, and the role has privileges"),
    ],
)  # fmt: skip
def test_what_somebody_opens_behind_its_back_is_drift_and_is_mended(app: App, statement: str, why: str) -> None:
    whole = app.protect()
    app.run(statement.replace("{n}", app.name))
    assert app.refresh() == ["unprotected[0]"]
    assert app.state["unprotected"] == [why]
    assert app.mend() == whole
    assert app.refresh() == []


def test_what_goes_round_the_policies_is_told_where_the_role_could_use_it(app: App) -> None:
    app.protect()
    app.run(
        f"""CREATE VIEW wide AS SELECT * FROM orders; GRANT SELECT ON wide TO {app.name}_tenants;
        CREATE VIEW narrow WITH (security_invoker) AS SELECT * FROM orders;
        GRANT SELECT ON narrow TO {app.name}_tenants;
        CREATE VIEW unused AS SELECT * FROM orders;
        CREATE MATERIALIZED VIEW copied AS SELECT * FROM plans; GRANT SELECT ON copied TO {app.name}_tenants;
        CREATE FUNCTION all_orders(n int) RETURNS SETOF orders SECURITY DEFINER LANGUAGE sql AS 'SELECT * FROM orders';
        CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE POLICY open ON orders FOR SELECT USING (true)"""
    )
    app.running.run(
        "CREATE FUNCTION app.leaks(x text) RETURNS bool LEAKPROOF LANGUAGE plpgsql AS 'BEGIN RETURN true; END'",
        app.name,
    )
    assert app.refresh() == []
    assert app.state["exposed"] == [
        "all_orders(n integer): a function with its owner's rights",
        "copied: a materialized view, which has no policies",
        "leaks(x text): a function called leakproof",
        "orders: policy open lets rows through beside ours",
        "wide: a view that reads with its owner's rights",
    ]
    assert app.ask(_A, "SELECT count(*) FROM narrow") == app.ask(_A, "SELECT count(*) FROM orders")


def test_deleting_it_closes_the_tables_and_a_second_time_is_no_error(app: App) -> None:
    outputs = app.protect()
    for _ in range(2):
        app.provider.delete(HERE, "it", app.inputs, outputs, CALL)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
        app.ask(_A, "SELECT * FROM orders")
    rows = app.running.run(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'orders'", app.name
    )
    assert rows == [(True, True)]
    assert app.running.run("SELECT count(*) FROM pg_policy", app.name) == [(0,)]


def test_fewer_privileges_and_another_column_are_a_change_in_place(app: App) -> None:
    app.run("ALTER TABLE orders ADD COLUMN owned_by text")
    old = app.inputs
    outputs = app.protect()
    new = old | {"privileges": ["SELECT"], "column": "owned_by"}
    diff = app.provider.diff(HERE, "it", old, outputs, new)
    assert {each.path for each in diff.changes} == {"column", "privileges"}
    assert not diff.replaces
    outputs = app.provider.update(HERE, "it", old, outputs, new, CALL)
    assert (outputs["protected"], outputs["unprotected"]) == (["orders"], [])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
        app.ask(_A, "DELETE FROM orders")


def test_a_schema_that_is_gone_reads_as_gone(app: App, running: Running) -> None:
    outputs = app.protect()
    running.run("ALTER SCHEMA app RENAME TO other", app.name)
    assert app.provider.read(HERE, "it", app.inputs, outputs) is None
    running.run("ALTER SCHEMA other RENAME TO app", app.name)


def test_only_the_owner_or_who_may_act_as_it_can_protect(app: App, running: Running) -> None:
    stranger = RowSecurityProvider(Direct()).configure(running.config(username=_B, password=_PASSWORD))
    with pytest.raises(ProviderError, match="permission denied"):
        stranger.create(HERE, app.inputs, CALL)
    assert PostgresqlProvider(Direct()).configure(running.config()).check(HERE, None, app.inputs, b"").failures


def test_a_program_declares_it_and_apply_with_a_refresh_protects_what_a_migration_added(
    app: App, running: Running, tmp_path: Path
) -> None:
    def declare() -> None:
        server = Server(
            "shared",
            RowSecurityProviderArgs(
                "127.0.0.1", running.port, "master", running.master, database="postgres", sslmode="disable"
            ),
        )
        rows = RowSecurity(
            "rows", database=app.name, schema="app", role=f"{app.name}_tenants",
            opts=pulumi.ResourceOptions(provider=server),
        )  # fmt: skip
        pulumi.export("protected", rows.protected)
        pulumi.export("exposed", rows.exposed)

    command = EmbeddedCommand({"rowsecurity": RowSecurityProvider(Direct())})
    workspaces = Workspaces(command, f"file://{tmp_path}/state", "pass", tmp_path / "work")
    made = workspaces.apply("test.rows", declare)
    assert made.outcome is Outcome.SUCCEEDED, made.failures
    assert made.outputs["protected"].value == ["events", "events_1", "notes", "orders"]
    assert made.outputs["exposed"].value == []
    assert running.master not in "".join(path.read_text() for path in tmp_path.rglob("*.json"))

    def changed(refresh: bool) -> dict[str, Op]:
        run = workspaces.preview("test.rows", declare, refresh=refresh)
        return {each.name: each.op for each in run.changes if each.op is not Op.SAME}

    assert changed(refresh=True) == {}
    app.run("CREATE TABLE later (tenant_id text)")
    assert changed(refresh=False) == {}
    assert changed(refresh=True) == {"rows": Op.UPDATE}
    (drifted,) = workspaces.drift("test.rows", declare).pending
    why = "row security is off, row security is not forced on the owner, no policy, privileges none"
    assert drifted.paths == (PathChange("unprotected[0]", None, f"later: {why}"),)
    mended = workspaces.apply("test.rows", declare, refresh=True)
    assert mended.outcome is Outcome.SUCCEEDED, mended.failures
    assert "later" in mended.outputs["protected"].value
    assert changed(refresh=True) == {}
    assert workspaces.destroy("test.rows", declare).outcome is Outcome.SUCCEEDED


def test_the_pulumi_cli_is_told_of_unprotected_tables_as_of_an_output_that_changes(app: App, running: Running) -> None:
    app.protect()
    app.run("CREATE TABLE later (tenant_id text)")
    meant: dict[str, Any] = {"urn": HERE.urn, "type": HERE.type, "name": HERE.name, "id": "it"}
    with servicer.serving(RowSecurityProvider(Direct())) as port:
        stub: Any = cast("Any", provider_pb2_grpc).ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
        stub.Configure(provider_pb2.ConfigureRequest(args=wire.encode(running.config())))
        inputs = wire.encode(app.inputs)
        found = stub.Read(provider_pb2.ReadRequest(**meant, inputs=inputs, properties=wire.encode(app.state)))
        assert wire.decode(found.inputs) == app.inputs
        asked = provider_pb2.DiffRequest(**meant, olds=found.properties, old_inputs=inputs, news=inputs)
        told = stub.Diff(asked)
        assert (told.changes, list(told.diffs)) == (told.DIFF_SOME, ["unprotected"])
        assert not told.detailedDiff["unprotected[0]"].inputDiff
        mended = stub.Update(provider_pb2.UpdateRequest(**meant, olds=found.properties, old_inputs=inputs, news=inputs))
        assert wire.decode(mended.properties)["unprotected"] == []
