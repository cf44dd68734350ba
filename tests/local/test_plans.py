"""Saved plans through the command line: approved, applied, refused once the base has moved; and what was edited."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.local.conftest import Answer, Desk

pytestmark = pytest.mark.xdist_group("plans")


def git(folder: Path, *words: str) -> None:
    identity = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | identity, check=True, capture_output=True)


def larger(desk: Desk, tenant: str) -> None:
    desk.edit(tenant, "storage_gb: 200", "storage_gb: 400")


def storage(desk: Desk, tenant: str) -> int:
    slug = desk.slug(tenant)
    databases = desk.aws("rds").describe_db_instances()["DBInstances"]
    return next(each["AllocatedStorage"] for each in databases if slug in each["DBInstanceIdentifier"])


@dataclass(frozen=True)
class Applied:
    """A tenant that was made by a saved plan, whose apply failed halfway first."""

    tenant: str
    file: Path
    failed: Answer
    done: Answer


@pytest.fixture(scope="module")
def applied(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    file = tmp_path_factory.mktemp("plans") / "first.plan"
    desk.profile("planned")
    desk.run("plan", "planned", "--save", str(file))
    assert desk.status("planned") == ""
    desk.run("local", "fault", "add", "rds", "CreateDBInstance", "--error", "InsufficientDBInstanceCapacity")
    failed = desk.try_("apply", "--plan", str(file))
    return Applied("planned", file, failed, desk.try_("apply", "--plan", str(file)))


def test_a_plan_whose_apply_failed_halfway_goes_on_and_is_applied_once(desk: Desk, applied: Applied) -> None:
    assert applied.failed.code == 4
    assert f"tenant apply --plan {applied.file}" in applied.failed.err
    assert applied.done.code == 0, applied.done.err
    assert desk.count(desk.slug("planned"))["databases"] == 1
    again = desk.run("apply", "--plan", str(applied.file))
    assert again.out == "planned: no changes; active.\n"
    assert "applied already" in again.err
    login = desk.secret(desk.outputs("planned")["databaseSecretArn"])
    assert login["password"] not in applied.file.read_text()


def test_what_was_edited_is_one_comment_and_a_deleted_profile_destroys_nothing(
    desk: Desk, applied: Applied, tmp_path: Path
) -> None:
    elsewhere = Desk(tmp_path / "repository")
    elsewhere.home = desk.home
    git(elsewhere.profiles, "init", "--quiet", "--initial-branch", "main")
    for tenant in ("kept", "edited", applied.tenant):
        elsewhere.profile(tenant)
    git(elsewhere.profiles, "add", "--all")
    git(elsewhere.profiles, "commit", "--quiet", "--message", "three")
    larger(elsewhere, "edited")
    (elsewhere.profiles / f"{applied.tenant}.yaml").unlink()

    listed = elsewhere.run("plan", "--changed-since", "main", "--output", "json").json["tenants"]
    assert [(one["tenant"], one["result"]) for one in listed] == [("edited", "planned"), (applied.tenant, "gone")]
    comment, plans = tmp_path / "comment.md", tmp_path / "plans"
    args = ("--changed-since", "main", "--format", "markdown", "--to", str(comment), "--save", str(plans))
    assert elsewhere.try_("plan", *args, "--detailed-exitcode").code == 6
    assert f"tenant destroy {applied.tenant}" in comment.read_text()
    assert [path.name for path in plans.iterdir()] == ["edited.plan"]
    assert elsewhere.status(applied.tenant) == "active"


def test_a_plan_is_refused_where_its_base_moved_or_it_was_edited(desk: Desk, applied: Applied, tmp_path: Path) -> None:
    second, edited = tmp_path / "second.plan", tmp_path / "edited.plan"
    assert desk.run("plan", applied.tenant).out == "planned: no changes.\n"
    larger(desk, applied.tenant)
    assert desk.try_("plan", applied.tenant, "--save", str(second), "--detailed-exitcode").code == 6
    desk.edit(applied.tenant, "storage_gb: 400", "storage_gb: 500")
    edited.write_text(second.read_text().replace(": 400", ": 900"))
    refused = desk.try_("apply", "--plan", str(edited))
    assert (refused.code, "was changed after" in refused.err) == (3, True)
    desk.run("apply", applied.tenant)
    moved = desk.try_("apply", "--plan", str(second))
    assert (moved.code, "there was another run" in moved.err) == (3, True)
    assert storage(desk, applied.tenant) == 500
