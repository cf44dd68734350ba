"""What is wrong with a table, and the statements that mend it: pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.providers.port import Props, Resource
from engine.providers.postgresql import RowSecurityProvider, row_policies
from engine.providers.postgresql.row_policies import Policy, Table, Wanted
from engine.providers.postgresql.row_security import TYPE
from engine.providers.reach import Direct

WANTED = Wanted("app", "tenant_id", "tenants", 7, frozenset({"SELECT", "INSERT"}))
BARE = Table("orders", "owner", False, False, False, "tenant_id", None, (), frozenset(), frozenset(), False)
PROVIDER = RowSecurityProvider(Direct()).configure({"username": "master"})
HERE = Resource(f"urn:pulumi:local.t::tenants::{TYPE}::it", TYPE, "it")
INPUTS: Props = {"database": "d", "schema": "app", "role": "tenants"}


def right(table: Table) -> Table:
    rows = row_policies.expression(table)
    policy = Policy("tenant_rows", "*", True, frozenset({7}), rows, rows)
    return replace(table, enabled=True, forced=True, policies=(policy,), granted=WANTED.privileges)


def sent(table: Table) -> list[str]:
    return [each.as_string(None) for each in row_policies.statements(table, WANTED)]


def test_a_table_is_closed_first_and_opened_last() -> None:
    words = [statement.split(" ON ")[0].split(" TABLE ")[0] for statement in sent(BARE)]
    assert words == [
        "SET LOCAL lock_timeout = '10s'",
        "REVOKE ALL",
        "ALTER",
        'DROP POLICY IF EXISTS "tenant_rows"',
        'CREATE POLICY "tenant_rows"',
        "GRANT INSERT, SELECT",
    ]


@pytest.mark.parametrize("table", [BARE, replace(BARE, member="member_id"), replace(BARE, column=None)])
def test_nothing_is_sent_for_a_table_that_is_right(table: Table) -> None:
    assert sent(right(table) if table.column else table) == []


OTHER = Policy("tenant_rows", "*", True, frozenset({7}), "true", "true")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (replace(right(BARE), enabled=False), "row security is off"),
        (replace(right(BARE), forced=False), "row security is not forced on the owner"),
        (replace(right(BARE), policies=()), "no policy"),
        (replace(right(BARE), policies=(OTHER,)), "another policy"),
        (replace(right(BARE), policies=(replace(right(BARE).policies[0], command="r"),)), "another policy"),
        (replace(right(BARE), policies=(replace(right(BARE).policies[0], roles=frozenset({0})),)), "another policy"),
        (replace(right(BARE), policies=(replace(right(BARE).policies[0], check=None),)), "another policy"),
        (replace(right(BARE), member="member_id"), "another policy"),
        (replace(right(BARE), granted=frozenset({"SELECT", "TRUNCATE"})), "privileges SELECT, TRUNCATE"),
        (replace(right(BARE), public=frozenset({"SELECT"})), "privileges of everybody SELECT"),
        (replace(right(BARE), on_columns=True), "privileges on columns"),
        (replace(BARE, column=None, granted=frozenset({"SELECT"})), "no column tenant_id, and the role has privileges"),
    ],
)
def test_what_is_wrong_is_said_and_mended(table: Table, fault: str) -> None:
    assert list(row_policies.faults(table, WANTED)) == [fault]
    assert sent(table)[1].startswith("REVOKE ALL ON TABLE")


def test_a_table_without_the_column_is_closed_and_gets_no_policy() -> None:
    statements = sent(replace(BARE, column=None, granted=frozenset({"SELECT"})))
    assert statements[1:] == ['REVOKE ALL ON TABLE "app"."orders" FROM "tenants", PUBLIC']


def test_taking_a_table_back_leaves_row_security_on() -> None:
    statements = [each.as_string(None) for each in row_policies.closing(right(BARE), WANTED)]
    assert statements == [
        'REVOKE ALL ON TABLE "app"."orders" FROM "tenants"',
        'DROP POLICY IF EXISTS "tenant_rows" ON "app"."orders"',
    ]


def test_unprotected_tables_of_the_last_look_are_drift() -> None:
    def changes(outputs: Props) -> list[str]:
        return [each.path for each in PROVIDER.diff(HERE, "it", INPUTS, outputs, INPUTS).changes]

    assert changes({"unprotected": []}) == []
    assert changes({"unprotected": ["notes: no policy", "orders: no policy"]}) == ["unprotected[0]", "unprotected[1]"]


@pytest.mark.parametrize(
    ("given", "refused"),
    [({"privileges": ["SELECT", "TRUNCATE"]}, "privileges"), ({"role": "PUBLIC"}, "role"), ({"tables": []}, "tables")],
)
def test_what_would_open_a_way_round_is_refused(given: Props, refused: str) -> None:
    assert [failure.property for failure in PROVIDER.check(HERE, None, INPUTS | given, b"").failures] == [refused]


def test_before_an_apply_nothing_is_said_of_tables() -> None:
    told = PROVIDER.preview(HERE, INPUTS, None)
    assert {key for key, value in told.items() if not isinstance(value, str | list)} == {
        "protected", "unprotected", "closed", "exposed",
    }  # fmt: skip
