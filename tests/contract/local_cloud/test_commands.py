"""`tenant local` against a running local cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from engine.local_cloud import LocalCloud
from tests.contract.local_cloud.clients import Database

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "json"
REFUSED, UNREACHABLE = 2, 4


@pytest.fixture
def home(local_cloud: LocalCloud) -> Iterator[Path]:
    """TENANT_HOME of the running local cloud."""
    yield local_cloud.ca_file.parent.parent
    local_cloud.faults.clear()


def tenant(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "local", *arguments])


def result(home: Path, schema: str, *arguments: str) -> Any:
    data = json.loads(tenant(home, *arguments, "--output", "json").stdout)
    jsonschema.validate(data, json.loads((SCHEMAS / f"{schema}.json").read_text()))
    return data


def test_status_says_what_is_real_emulated_and_simulated(home: Path, database: Database) -> None:
    parts = result(home, "local-status", "status")["parts"]
    assert {part["kind"] for part in parts} == {"real", "emulated", "simulated"}
    assert any(part["address"] == f"{database.host}:5432" and part["state"] == "running" for part in parts)
    text = tenant(home, "status")
    assert text.exit_code == 0
    assert max(map(len, text.stdout.splitlines())) <= 100


def test_env_names_databases_and_their_logins(home: Path, database: Database) -> None:
    found = result(home, "local-env", "env")
    known = found["databases"][database.identifier]
    assert known == {"host": database.host, "port": 5432, "user": "master", "password": database.password}
    assert json.loads(tenant(home, "env", "--format", "json").stdout) == found
    assert "export AWS_ENDPOINT_URL=" in tenant(home, "env").stdout
    assert tenant(home, "env", "--format", "yaml").exit_code == REFUSED


def test_faults_are_added_listed_and_cleared(home: Path) -> None:
    added = tenant(home, "fault", "add", "rds", "CreateDBInstance", "--error", "InsufficientDBInstanceCapacity")
    assert added.exit_code == 0
    assert result(home, "local-fault-list", "fault", "list")["faults"] == [
        {
            "service": "rds",
            "operation": "CreateDBInstance",
            "effect": "fails with InsufficientDBInstanceCapacity",
            "times": 1,
        }
    ]
    assert tenant(home, "fault", "clear").exit_code == 0
    assert result(home, "local-fault-list", "fault", "list") == {"faults": []}


@pytest.mark.parametrize("wrong", [("rds", "CreateDbInstance", "--error", "X"), ("rds", "CreateDBInstance")])
def test_a_wrong_fault_is_refused(home: Path, wrong: tuple[str, ...]) -> None:
    assert tenant(home, "fault", "add", *wrong).exit_code == REFUSED
    assert result(home, "local-fault-list", "fault", "list") == {"faults": []}


def test_a_second_start_is_harmless(home: Path) -> None:
    assert tenant(home, "start").exit_code == 0


def test_without_a_local_cloud_it_says_what_starts_it(tmp_path: Path) -> None:
    asked = tenant(tmp_path, "env")
    assert asked.exit_code == UNREACHABLE
    assert "tenant local start" in asked.stderr
    assert tenant(tmp_path, "status").exit_code == 0
    assert tenant(tmp_path, "stop").exit_code == 0


def test_a_reset_asks_first(home: Path, local_cloud: LocalCloud) -> None:
    assert tenant(home, "reset").exit_code == REFUSED
    assert local_cloud.running()
