"""The whole command line over a world in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.main
from typer.testing import CliRunner

from cli.app import app
from cli.context import Wiring
from operations.bundle import Bundle
from operations.settings import Settings
from tests import fakes

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "json"


@dataclass(frozen=True)
class Answer:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str

    def json(self, schema: str) -> Any:
        """The result, checked against its schema."""
        return checked(self.out, schema)

    def error(self) -> Any:
        """The error that was written as JSON, checked against its schema."""
        return checked(self.err[self.err.index("{") :], "error")["error"]


def checked(text: str, schema: str) -> Any:
    data = json.loads(text)
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, rules, jsonschema.Draft202012Validator)
    return data


@dataclass
class Tenant:
    """`tenant ARGS` in a world."""

    world: fakes.World
    terminal: bool = False

    def __call__(self, *args: str, says: str = "") -> Answer:
        def bundle(settings: Settings, stopping: Callable[[], bool]) -> Bundle:
            return replace(self.world.bundle, settings=settings)

        wiring = Wiring(bundle, lambda: self.terminal)
        words = ["--home", str(self.world.bundle.settings.home), "--profiles", str(self.world.profiles), *args]
        result = CliRunner().invoke(app, words, obj=wiring, input=says)
        return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session", autouse=True)
def built_once() -> Iterator[None]:
    """The tree of commands, which the runner would build anew for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(typer.main.get_command))
        yield


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """A command line where nothing was ever made."""
    for name in ("HOME", "ENV", "PROFILES", "OUTPUT", "ENGINE", "YES", "DEBUG"):
        monkeypatch.delenv(f"TENANT_{name}", raising=False)
    return Tenant(fakes.world(tmp_path))


@pytest.fixture
def tenant(bare: Tenant) -> Tenant:
    """A command line with shared services and the tenant acme."""
    assert bare("shared", "apply", "--yes").code == 0
    assert bare("create", str(bare.world.write("acme"))).code == 0
    bare.world.cloud.log.clear()
    return bare


@pytest.fixture
def known(tenant: Tenant) -> Tenant:
    """A home that has a registry: the file is what tells so, and what is in it is the world's."""
    settings = tenant.world.bundle.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.registry_file.touch()
    return tenant
