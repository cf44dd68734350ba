"""The pipeline examples: they are what GitHub and GitLab take, and do with this command line what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from tests.meta.test_docs import parse

CI = Path(__file__).parents[2] / "docs/how-to/ci"
GITHUB, GITLAB = CI / "github-actions.yml", CI / "gitlab-ci.yml"
SCHEMAS = {GITHUB: "vendor.github-workflows", GITLAB: "vendor.gitlab-ci"}
BOTH = [pytest.param(path, id=path.stem) for path in SCHEMAS]


def load(path: Path) -> dict[str, Any]:
    return cast("Any", YAML(typ="safe")).load(path.read_text(encoding="utf-8"))


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    data = load(path)
    if path == GITHUB:
        return data["jobs"]
    groups = {name: cast("dict[str, Any]", job) for name, job in data.items() if isinstance(job, dict)}
    named = {name: job for name, job in groups.items() if "script" in job}
    return {name: groups.get(str(job.get("extends")), {}) | job for name, job in named.items()}


def scripts(job: dict[str, Any]) -> list[str]:
    """Each script as the shell gets it; GitLab joins the lines of a job's."""
    steps = [str(step["run"]) for step in job.get("steps", []) if "run" in step]
    parts = [job[name] for name in ("before_script", "script", "after_script") if name in job]
    return steps + ["\n".join(map(str, lines)) for lines in parts]


def commands(script: str) -> Iterator[str]:
    """Command lines of `tenant`, without what the shell does with them."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.split(r"\|\||&&|[|;]|\d?>", line):
            if re.match(r"\s*tenant\s", part):
                yield part.strip()


TYPED = [
    pytest.param(command, id=f"{path.stem}-{name}-{command}")
    for path in SCHEMAS
    for name, job in jobs(path).items()
    for script in scripts(job)
    for command in commands(script)
]


def typed(job: dict[str, Any]) -> list[str]:
    return [command for script in scripts(job) for command in commands(script)]


def complaints(path: Path, schema: str) -> str:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


@pytest.mark.parametrize("path", BOTH)
def test_an_example_is_what_its_host_takes(path: Path) -> None:
    assert complaints(path, SCHEMAS[path]) == ""


@pytest.mark.parametrize("path", BOTH)
def test_a_misspelt_key_would_be_noticed(path: Path, tmp_path: Path) -> None:
    broken = tmp_path / path.name
    broken.write_text(path.read_text().replace("permissions:", "permisions:").replace("  script:", "  scrpt:"))
    assert "::$" in complaints(broken, SCHEMAS[path])


@pytest.mark.parametrize("command", TYPED)
def test_every_command_line_is_one_that_the_program_takes(command: str) -> None:
    parse(command)


@pytest.mark.parametrize("path", BOTH)
def test_the_examples_do_what_a_pipeline_is_for(path: Path) -> None:
    by_job = {name: typed(job) for name, job in jobs(path).items()}
    every = [command for found in by_job.values() for command in found]
    assert any("profile validate" in command for command in every)
    assert any("--save plans" in command and "--format markdown" in command for command in by_job["plan"])
    assert by_job["apply"] == ['tenant apply --plan "$plan" --yes']
    for whose in ("tenant drift --all", "tenant shared drift --all"):
        assert any(command.startswith(whose) for command in by_job["drift"])
    assert not [command for command in every if "destroy" in command]


@pytest.mark.parametrize("path", BOTH)
def test_every_script_is_one_that_the_shell_can_read(path: Path) -> None:
    for job in jobs(path).values():
        for script in scripts(job):
            subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("path", BOTH)
def test_nothing_of_a_pull_request_is_pasted_into_a_script(path: Path) -> None:
    for job in jobs(path).values():
        for script in scripts(job):
            assert "${{" not in script


@pytest.mark.parametrize("path", BOTH)
def test_there_are_no_keys_that_last(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    for name in ("secret_access_key", "secret-access-key", "access_key_id", "access-key-id", "akia", "secrets.aws"):
        assert name not in text


def test_on_github_each_job_that_meets_the_cloud_takes_on_a_role_with_its_own_identity() -> None:
    assert load(GITHUB)["permissions"] == {}
    for name, job in jobs(GITHUB).items():
        uses = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
        assert job["permissions"]["id-token"] == "write", name
        assert job["permissions"]["contents"] == "read", name
        (step,) = [job["steps"][place] for place, use in enumerate(uses) if "configure-aws-credentials" in use]
        assert set(step["with"]) == {"role-to-assume", "aws-region"}
    assert jobs(GITHUB)["plan"]["permissions"]["pull-requests"] == "write"


def test_on_gitlab_each_job_that_meets_the_cloud_takes_on_a_role_with_its_own_identity() -> None:
    for name, job in jobs(GITLAB).items():
        if name == "profiles":
            continue
        assert job["id_tokens"]["AWS_IDENTITY"]["aud"], name
        assert "AWS_WEB_IDENTITY_TOKEN_FILE" in "\n".join(scripts(job)), name
        assert job["variables"]["TENANT_ROLE"] in ("$TENANT_PLAN_ROLE", "$TENANT_APPLY_ROLE"), name


def test_an_apply_waits_for_approval_on_the_main_branch_and_takes_the_role_of_its_own() -> None:
    github, gitlab = jobs(GITHUB)["apply"], jobs(GITLAB)["apply"]
    assert github["environment"] == "production"
    assert github["needs"] == "plan"
    assert "github.event_name == 'push'" in github["if"]
    assert load(GITHUB)["on"]["push"]["branches"] == ["main"]
    assert github["concurrency"]["cancel-in-progress"] is False
    assert gitlab["environment"]["name"] == "production"
    assert [rule["when"] for rule in gitlab["rules"]] == ["manual"]
    assert gitlab["resource_group"]
    for path, name in ((GITHUB, "TENANT_APPLY_ROLE"), (GITLAB, "$TENANT_APPLY_ROLE")):
        users = [job for job, data in jobs(path).items() if name in str(data)]
        assert users == ["apply"]


def test_forks_do_not_plan() -> None:
    assert "head.repo.full_name == github.repository" in jobs(GITHUB)["plan"]["if"]
    (rule,) = [rule for rule in jobs(GITLAB)["plan"]["rules"] if "merge_request_event" in rule["if"]]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]


def test_the_whole_history_is_there_where_edits_are_looked_for() -> None:
    checkout = next(step for step in jobs(GITHUB)["plan"]["steps"] if "checkout" in step.get("uses", ""))
    assert checkout["with"]["fetch-depth"] == 0
    assert load(GITLAB)["variables"]["GIT_DEPTH"] == "0"
