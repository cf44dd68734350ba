from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Tenant


def test_the_policy_alone_is_on_stdout_and_what_to_know_on_stderr(bare: Tenant) -> None:
    answer = bare("env", "policy")
    assert json.loads(answer.out)["Version"] == "2012-10-17"
    assert "managed policies of at most 6144" in answer.err
    assert "--into DIR" in answer.err


def test_programs_get_it_in_parts_with_what_is_dependent(bare: Tenant) -> None:
    told = bare("env", "policy", "local", "--output", "json").json("env-policy")
    assert told["role"] is None
    assert max(part["characters"] for part in told["parts"]) <= 6144
    assert "iam:PassRole" in {each["action"] for each in told["dependent"]}


def test_parts_are_written_as_files_by_the_names_of_the_policies(bare: Tenant, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "policies"
    answer = bare("env", "policy", "--into", str(folder))
    files = sorted(folder.iterdir())
    assert files[0].name == "deployer-demo-local-1.json"
    assert answer.out.split() == [str(file) for file in files]


def test_where_nothing_can_be_written_is_told(bare: Tenant, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = bare("env", "policy", "--into", str(tmp_path / "file" / "below"))
    assert answer.code == 2
    assert "can't be written" in answer.err


def test_an_environment_that_there_is_not_has_no_policy(bare: Tenant) -> None:
    assert bare("env", "policy", "moon").code == 2
