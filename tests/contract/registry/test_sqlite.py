"""What only the SQLite registry has: a schema, a disk, other processes."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.runs import Output
from operations.registry import database, tables
from operations.registry.port import FactsTaken
from operations.registry.sql import SqlRegistry
from tests.contract.registry.test_registry import tenant


def test_the_migrations_lead_to_the_tables_that_the_code_reads(tmp_path: Path) -> None:
    opened = database.connect(tmp_path / "registry.sqlite")
    with opened.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_newest_packaged_migration_is_the_one_the_code_expects() -> None:
    folder = Path(database.__file__).parent / "migrations"
    assert ScriptDirectory(folder).get_heads() == [database.HEAD]


def test_a_second_opening_finds_what_the_first_wrote(tmp_path: Path) -> None:
    file = tmp_path / "registry.sqlite"
    SqlRegistry(database.connect(file)).claim(tenant("acme"))
    assert SqlRegistry(database.connect(file)).find("local", "acme") == tenant("acme")


def test_the_value_of_a_secret_output_is_not_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "registry.sqlite"
    registry = SqlRegistry(database.connect(file))
    registry.claim(replace(tenant("acme"), outputs={"password": Output("hunter2-hunter2", secret=True)}))
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"hunter2" not in on_disk
    found = registry.find("local", "acme")
    assert found is not None
    assert found.outputs["password"] == Output(None, secret=True)


def _claim(file: Path, subject: str) -> str:
    registry = SqlRegistry(database.connect(file))
    try:
        registry.claim(tenant(subject, cidrs=("10.1.0.0/27",)))
    except FactsTaken:
        return "refused"
    return "claimed"


def test_of_many_processes_that_claim_one_address_at_once_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "registry.sqlite"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        answers = pool.starmap(_claim, [(file, f"tenant{n}") for n in range(6)])
    assert sorted(answers) == ["claimed", *["refused"] * 5]
