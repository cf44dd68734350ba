"""What PostgreSQL asks first, a row's policy or another rule on the data: what a probe may take for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from operations.adapters import answers
from operations.isolation.model import Halted, Refusal, Unasked
from tests.postgres_servers import Running

_WORD = "a-password"
_NOW = """
CREATE TABLE t.{0} (tenant_id text, {1});
GRANT INSERT, SELECT ON t.{0} TO PUBLIC;
ALTER TABLE t.{0} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t.{0} WITH CHECK (tenant_id = 'own');
"""
_TABLES = {
    "filled": "id int NOT NULL",
    "checked": "id int DEFAULT 0 CHECK (id > 0)",
    "unique_": "id int DEFAULT 1 UNIQUE",
    "linked": "id int DEFAULT 2 REFERENCES t.kept",
    "excluded": "id int DEFAULT 1, EXCLUDE USING btree (id WITH =)",
    "typed": "id t.positive DEFAULT 0",
    "parted": "id int) PARTITION BY RANGE (id",
    "triggered": "id int",
}
AFTER = ("filled", "checked", "unique_", "linked", "excluded")
BEFORE = ("typed", "parted", "triggered")

Insert = Callable[[str, str], None]


@pytest.fixture
def insert(running: Running, unique: str) -> Iterator[Insert]:
    """Adds a row of `tenant_id` alone to a table, as a login that its policy binds."""
    running.run(f'CREATE DATABASE "{unique}"')
    running.run(f"CREATE ROLE \"{unique}\" LOGIN PASSWORD '{_WORD}'")
    running.run("CREATE SCHEMA t; GRANT USAGE ON SCHEMA t TO PUBLIC", unique)
    running.run("CREATE DOMAIN t.positive AS int CHECK (VALUE > 0)", unique)
    running.run("CREATE TABLE t.kept (id int PRIMARY KEY)", unique)
    for name, columns in _TABLES.items():
        running.run(_NOW.format(name, columns), unique)
    running.run("INSERT INTO t.unique_ VALUES ('own', 1); INSERT INTO t.excluded VALUES ('own', 1)", unique)
    raising = "BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END"
    running.run(f"CREATE FUNCTION t.no() RETURNS trigger LANGUAGE plpgsql AS $$ {raising} $$", unique)
    running.run("CREATE TRIGGER no BEFORE INSERT ON t.triggered FOR EACH ROW EXECUTE FUNCTION t.no()", unique)

    def add(table: str, slug: str) -> None:
        with answers.of_sql(), running.connect(unique, _WORD, unique) as connection:
            connection.execute(f"INSERT INTO t.{table} (tenant_id) VALUES ('{slug}')".encode())

    yield add
    running.run(f'DROP DATABASE "{unique}"')
    running.run(f'DROP ROLE "{unique}"')


@pytest.mark.parametrize("table", AFTER)
def test_a_table_s_constraints_are_tested_after_its_policies(insert: Insert, table: str) -> None:
    with pytest.raises(Refusal):
        insert(table, "other")
    with pytest.raises(Halted) as halted:
        insert(table, "own")
    cause = halted.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert (cause.sqlstate or "").startswith("23")


@pytest.mark.parametrize("table", BEFORE)
def test_partitions_domains_and_triggers_come_before_and_are_no_answer(insert: Insert, table: str) -> None:
    for slug in ("own", "other"):
        with pytest.raises(Unasked):
            insert(table, slug)
