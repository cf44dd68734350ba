"""`tenant plan --save`, `tenant apply --plan`: every refusal is a sentence, and its exit code says which kind it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tenant


@pytest.fixture
def file(tenant: Tenant, tmp_path: Path) -> Path:
    """A saved plan that makes acme's disk larger."""
    tenant.world.write("acme", database={"storage_gb": 300})
    kept = tmp_path / "acme.plan"
    assert tenant("plan", "acme", "--save", str(kept)).code == 0
    return kept


def test_a_plan_is_saved_and_shown_and_how_to_apply_it_is_said(tenant: Tenant, tmp_path: Path) -> None:
    tenant.world.write("acme", database={"storage_gb": 300})
    kept = tmp_path / "acme.plan"
    answer = tenant("plan", "acme", "--save", str(kept))
    assert "200 -> 300" in answer.out
    assert f"tenant apply --plan {kept}" in answer.err
    assert json.loads(kept.read_text())["kind"] == "tenant-plan"
    assert [path.name for path in tmp_path.glob("*plan*")] == ["acme.plan"]


def test_as_json_it_says_where_and_until_when(tenant: Tenant, tmp_path: Path) -> None:
    answer = tenant("plan", "acme", "--save", str(tmp_path / "x"), "--good-for", "48", "--output", "json").json("plan")
    assert answer["saved"]["file"] == str(tmp_path / "x")
    assert answer["saved"]["expires"].startswith("2026-03-03T12:")
    assert "saved" not in tenant("plan", "acme", "--output", "json").json("plan")


def test_the_detailed_exit_code_counts_with_a_saved_plan_too(tenant: Tenant, tmp_path: Path) -> None:
    command = ("plan", "acme", "--save", str(tmp_path / "x"), "--detailed-exitcode")
    assert tenant(*command).code == 0
    tenant.world.write("acme", database={"storage_gb": 300})
    assert tenant(*command).code == 6
    assert tenant("apply", "--plan", str(tmp_path / "x"), "--yes").code == 0
    assert tenant(*command).code == 0


@pytest.mark.parametrize("place", ["nowhere/acme.plan", "profiles"])
def test_a_place_that_cannot_be_written_ends_with_2_and_leaves_nothing(
    tenant: Tenant, tmp_path: Path, place: str
) -> None:
    before = set(tmp_path.rglob("*.p*"))
    refused = tenant("plan", "acme", "--save", str(tmp_path / place))
    assert refused.code == 2
    assert "cannot be written" in refused.err
    assert set(tmp_path.rglob("*.p*")) == before


def test_it_is_applied_once_and_then_says_so(tenant: Tenant, file: Path) -> None:
    done = tenant("apply", "--plan", str(file), "--yes", "--output", "json")
    assert done.json("apply")["summary"]["update"] == 1
    again = tenant("apply", "--plan", str(file), "--yes")
    assert (again.code, again.out) == (0, "acme: no changes; active.\n")
    assert "was applied already" in again.err


def test_a_terminal_is_shown_the_plan_of_the_file_and_asked(tenant: Tenant, file: Path) -> None:
    tenant.terminal = True
    tenant.world.write("acme", database={"storage_gb": 500})
    asked = tenant("apply", "--plan", str(file), says="n\n")
    assert asked.code == 2
    assert "200 -> 300" in asked.err
    assert "(+$11.50)" in asked.err
    assert tenant("apply", "--plan", str(file), says="y\n").code == 0


def test_a_script_says_yes(tenant: Tenant, file: Path) -> None:
    refused = tenant("apply", "--plan", str(file))
    assert refused.code == 2
    assert "--yes" in refused.err


def test_a_failed_apply_goes_on_with_the_same_command(tenant: Tenant, file: Path) -> None:
    tenant.world.cloud.refusals["database"] = "StorageQuotaExceeded"
    failed = tenant("apply", "--plan", str(file), "--yes")
    assert failed.code == 4
    assert f"tenant apply --plan {file}" in failed.err
    tenant.world.cloud.refusals.clear()
    assert tenant("apply", "--plan", str(file), "--yes").code == 0


@dataclass(frozen=True)
class Case:
    id: str
    code: int
    told: str
    spoil: Callable[[Tenant, Path], object]


def edited(tenant: Tenant, file: Path) -> None:
    file.write_text(file.read_text().replace(": 300", ": 900"))


def moved(tenant: Tenant, file: Path) -> None:
    assert tenant("apply", "acme", "--yes").code == 0


def gone(tenant: Tenant, file: Path) -> None:
    assert tenant("destroy", "acme", "--yes", "--confirm", "acme").code == 0


def made_again(tenant: Tenant, file: Path) -> None:
    gone(tenant, file)
    assert tenant("create", "acme").code == 0


def late(tenant: Tenant, file: Path) -> None:
    clock = tenant.world.bundle.clock
    clock.time += timedelta(hours=24)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def elsewhere(tenant: Tenant, file: Path) -> None:
    tenant.world.bundle = replace(tenant.world.bundle, signing=b"o" * 32)


def of_another_environment(tenant: Tenant, file: Path) -> None:
    environment = tenant.world.bundle.environment.model_copy(update={"name": "staging"})
    tenant.world.bundle = replace(tenant.world.bundle, environment=environment)


def newer(tenant: Tenant, file: Path) -> None:
    file.write_text(file.read_text().replace('"format": 1', '"format": 7'))


CASES = [
    Case("edited", 3, "was changed after it was made", edited),
    Case("base moved", 3, "there was another run", moved),
    Case("destroyed", 3, "has moved", gone),
    Case("another incarnation", 3, "has moved", made_again),
    Case("expired", 3, "has expired", late),
    Case("another home", 3, "made in another home", elsewhere),
    Case("another environment", 3, "made for environment 'local', and this is 'staging'", of_another_environment),
    Case("unknown version", 2, "not known here: 7", newer),
    Case("no such file", 2, "No such file", lambda _, file: file.unlink()),
    Case("a folder", 2, "can't be read", lambda _, file: (file.unlink(), file.mkdir())),
    Case("not a plan", 2, "is not a saved plan", lambda _, file: file.write_text("{}")),
    Case("not text", 2, "not UTF-8", lambda _, file: file.write_bytes(b"\xff\xfe")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_may_not_be_applied_is_refused_and_nothing_is_sent(tenant: Tenant, file: Path, case: Case) -> None:
    case.spoil(tenant, file)
    tenant.world.cloud.log.clear()
    refused = tenant("apply", "--plan", str(file), "--yes")
    assert refused.code == case.code, refused.err
    assert case.told in refused.err
    assert "next: " in refused.err or case.code == 2
    assert tenant.world.cloud.log == []


@pytest.mark.parametrize(
    "args", [("apply",), ("apply", "acme", "--plan", "x"), ("apply", "--plan", "x", "--refresh")], ids=" ".join
)
def test_an_order_that_is_not_clear_ends_with_2(tenant: Tenant, args: tuple[str, ...]) -> None:
    assert tenant(*args).code == 2
