"""Global options work wherever they stand."""

from __future__ import annotations

import pytest

from cli.root import Line, split
from tests.unit.cli.conftest import Tenant


@pytest.mark.parametrize(
    ("args", "options", "rest"),
    [
        (["plan", "acme", "--output", "json"], ("--output", "json"), ("plan", "acme")),
        (["--output=json", "plan", "acme"], ("--output=json",), ("plan", "acme")),
        (["destroy", "acme", "--yes", "--confirm", "acme"], ("--yes",), ("destroy", "acme", "--confirm", "acme")),
        (["plan", "--", "--yes"], (), ("plan", "--", "--yes")),
        (["plan", "--output"], ("--output",), ("plan",)),
        ([], (), ()),
    ],
)
def test_options_of_tenant_itself_are_set_apart(
    args: list[str], options: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    assert split(args) == Line(options, rest)


def test_the_last_word_on_an_option_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANT_OUTPUT", "json")
    assert split(["list"]).value("--output") == "json"
    assert split(["list", "--output", "text"]).value("--output") == "text"
    assert split(["--output=text", "list", "--output=json"]).value("--output") == "json"


def test_options_come_from_the_environment_too(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANT_OUTPUT", "json")
    assert tenant("list").json("list")["tenants"]


def test_before_and_after_the_command_are_the_same(tenant: Tenant) -> None:
    assert tenant("--output", "json", "list") == tenant("list", "--output", "json")


def test_advice_says_the_environment_where_the_line_did(tenant: Tenant) -> None:
    advised = tenant("--output", "json", "--env", "local", "plan", "nobody").error()["next"]
    assert "`tenant --env local profile init nobody`" in advised
    assert "`tenant profile init nobody`" in tenant("--output", "json", "plan", "nobody").error()["next"]
