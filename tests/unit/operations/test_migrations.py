"""What a registry of an earlier version becomes."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from operations.registry import database
from operations.registry.sql import SqlRegistry

_ROW = """
INSERT INTO stacks (environment, subject, incarnation, kind, stack, region, cell, slug, tier, tier_version, status,
    cidrs, facts, blueprint, digest, outputs, failure, created_at, updated_at, token)
VALUES ('local', :id, 1, 'tenant', :id, 'us-east-1', 1, :id, 'enterprise', 1, :status,
    '[]', '{}', '{"size": 1}', '', '{}', '', '2026-03-01T00:00:00+00:00', '2026-03-01T00:00:00+00:00', 1)
"""


def test_of_what_is_active_the_last_attempt_counts_as_applied_and_of_the_rest_nothing(tmp_path: Path) -> None:
    file = tmp_path / "registry.sqlite"
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with create_engine(f"sqlite:///{file}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for tenant, status in (("acme", "active"), ("globex", "failed")):
            connection.execute(text(_ROW), {"id": tenant, "status": status})
    acme, globex = SqlRegistry(database.connect(file)).tenants("local")
    assert (acme.applied, globex.applied) == ({"size": 1}, {})
