"""`tenant plan` and `tenant profile validate` in forms for reviews and code hosts, and plans of what was edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from tests.unit.cli.conftest import SCHEMAS, Tenant


def was(tenant: Tenant, name: str, text: str | None) -> None:
    tenant.world.revisions.then[tenant.world.profiles.resolve() / f"{name}.yaml"] = text


@pytest.fixture
def edited(tenant: Tenant) -> Tenant:
    """Since `main`: acme was edited, globex is new, initech's profile was deleted, hooli's cannot be used."""
    assert tenant("create", str(tenant.world.write("initech"))).code == 0
    (tenant.world.profiles / "initech.yaml").unlink()
    was(tenant, "initech", "tenant: initech\n")
    tenant.world.write("acme", database={"storage_gb": 300})
    was(tenant, "acme", "tenant: acme\n")
    tenant.world.write("globex")
    was(tenant, "globex", None)
    tenant.world.write("hooli", size="gigantic")
    was(tenant, "hooli", None)
    tenant.world.cloud.log.clear()
    return tenant


@pytest.fixture
def fine(edited: Tenant) -> Tenant:
    """The same without hooli."""
    edited.world.revisions.then.pop(edited.world.profiles.resolve() / "hooli.yaml")
    return edited


# ---- one tenant


def test_markdown_shows_changed_paths_and_cost_and_counts_in_the_exit_code(tenant: Tenant) -> None:
    tenant.world.write("acme", database={"storage_gb": 300})
    shown = tenant("plan", "acme", "--format", "markdown", "--detailed-exitcode")
    assert shown.code == 6
    assert "`storage_gb`" in shown.out
    assert "(+\\$11.50)" in shown.out
    assert "<details>" in shown.out
    assert "hunter2" not in shown.out
    assert tenant("plan", "acme", "--format", "markdown", "--detailed-exitcode").out == shown.out


def test_markdown_without_changes_ends_with_0(tenant: Tenant) -> None:
    shown = tenant("plan", "acme", "--format", "markdown", "--detailed-exitcode")
    assert shown.code == 0
    assert "no changes" in shown.out


def test_markdown_is_written_into_a_file_and_the_plan_kept_in_another(tenant: Tenant, tmp_path: Path) -> None:
    tenant.world.write("acme", database={"storage_gb": 300})
    comment, plan = tmp_path / "comment.md", tmp_path / "acme.plan"
    args = ("--format", "markdown", "--to", str(comment), "--save", str(plan), "--detailed-exitcode")
    shown = tenant("plan", "acme", *args)
    assert (shown.code, shown.out) == (6, "")
    assert json.loads(plan.read_text())["plan"]["id"] in comment.read_text()


def test_a_file_that_cannot_be_written_ends_with_2(tenant: Tenant, tmp_path: Path) -> None:
    assert tenant("plan", "acme", "--to", str(tmp_path)).code == 2


@pytest.mark.parametrize("form", ["markdown", "sarif", "junit"])
def test_what_cannot_be_planned_stands_in_the_document_and_on_stderr(tenant: Tenant, form: str) -> None:
    tenant.world.write("acme", database={"storage_gb": 100})
    shown = tenant("plan", "acme", "--format", form)
    assert shown.code == 2
    assert "can't shrink" in shown.out
    assert "can't shrink" in shown.err


def test_a_refusal_is_a_finding_at_the_profile(tenant: Tenant) -> None:
    tenant.world.cloud.refusals["network"] = "not today"
    assert tenant("destroy", "acme", "--yes", "--confirm", "acme").code == 4
    shown = tenant("plan", "acme", "--format", "sarif")
    assert shown.code == 3
    (found,) = json.loads(shown.out)["runs"][0]["results"]
    assert found["ruleId"] == "refused"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("acme.yaml")


def test_a_plan_without_fault_has_no_findings(tenant: Tenant) -> None:
    shown = tenant("plan", "acme", "--format", "sarif")
    assert (shown.code, json.loads(shown.out)["runs"][0]["results"]) == (0, [])
    assert 'failures="0"' in tenant("plan", "acme", "--format", "junit").out


# ---- what was edited


def test_all_that_was_edited_is_planned_in_one_list(fine: Tenant) -> None:
    shown = fine("plan", "--changed-since", "main", "--output", "json", "--detailed-exitcode")
    assert shown.code == 6
    tenants = shown.json("plan-changed")["tenants"]
    assert [(one["tenant"], one["result"], one["why"]) for one in tenants] == [
        ("acme", "planned", ["profile edited"]),
        ("globex", "planned", ["profile added"]),
        ("initech", "gone", ["profile deleted"]),
    ]
    assert tenants[0]["plan"]["summary"]["update"] == 1
    assert tenants[2]["next"] == "tenant destroy initech"
    assert {verb for verb, _, _ in fine.world.cloud.log} == {"preview"}


def test_the_plan_in_the_list_is_the_plan_of_one(fine: Tenant) -> None:
    listed = fine("plan", "--changed-since", "main", "--output", "json").json("plan-changed")["tenants"][0]["plan"]
    assert listed == fine("plan", "acme", "--output", "json").json("plan")
    of_one, of_all = (json.loads((SCHEMAS / f"{name}.json").read_text()) for name in ("plan", "plan-changed"))
    assert of_all["$defs"]["plan"] == {key: of_one[key] for key in of_one if key not in ("$schema", "title")}


def test_in_text_a_profile_that_is_gone_says_the_command(fine: Tenant) -> None:
    shown = fine("plan", "--changed-since", "main")
    assert shown.code == 0
    assert "200 -> 300" in shown.out
    assert "profile gone" in shown.out
    assert "tenant still stands: tenant destroy initech" in shown.out
    assert fine.world.registry.find("local", "initech") is not None


def test_one_comment_covers_all_with_what_cannot_be_planned(edited: Tenant) -> None:
    shown = edited("plan", "--changed-since", "main", "--format", "markdown")
    assert shown.code == 2
    assert all(name in shown.out for name in ("acme", "globex", "hooli", "initech"))
    assert "3 of 4 to change, 1 cannot be planned" in shown.out
    assert "hooli.yaml:" in shown.err


def test_several_faulty_ones_are_all_told_and_end_with_the_highest_code(edited: Tenant) -> None:
    edited.world.write("globex", size="small", region="mars")
    shown = edited("plan", "--changed-since", "main", "--output", "json")
    assert shown.code == 2
    assert "globex" in shown.error()["why"]
    assert "hooli" in shown.error()["why"]
    assert [one["result"] for one in json.loads(shown.out)["tenants"]] == ["planned", "faulty", "faulty", "gone"]


def test_findings_of_all_are_one_file(edited: Tenant) -> None:
    found = json.loads(edited("plan", "--changed-since", "main", "--format", "sarif").out)["runs"][0]["results"]
    assert {each["ruleId"] for each in found} == {"bad-input", "profile-gone"}
    cases = Xml.fromstring(edited("plan", "--changed-since", "main", "--format", "junit").out)[0]
    assert [case.attrib["name"] for case in cases] == ["acme", "globex", "hooli", "initech"]


def test_each_plan_is_kept_in_a_folder_and_can_be_applied(fine: Tenant, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "plans"
    assert fine("plan", "--changed-since", "main", "--save", str(folder)).code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["acme.plan", "globex.plan"]
    for file in sorted(folder.iterdir()):
        assert fine("apply", "--plan", str(file), "--yes").code == 0
    shown = fine("plan", "--changed-since", "main", "--output", "json").json("plan-changed")
    assert [one["plan"]["summary"]["same"] > 0 for one in shown["tenants"][:2]] == [True, True]
    assert [one["plan"]["changes"] for one in shown["tenants"][:2]] == [[], []]


def test_a_folder_with_plans_of_before_is_refused(fine: Tenant, tmp_path: Path) -> None:
    command = ("plan", "--changed-since", "main", "--save", str(tmp_path / "plans"))
    assert fine(*command).code == 0
    assert fine(*command).code == 0
    was(fine, "acme", None)
    fine.world.write("acme", size="gigantic")
    refused = fine(*command)
    assert refused.code == 2
    assert "acme.plan" in refused.err
    assert "globex.plan" not in refused.err


def test_nothing_edited_is_nothing_to_plan(tenant: Tenant) -> None:
    shown = tenant("plan", "--changed-since", "main", "--detailed-exitcode")
    assert shown.code == 0
    assert "Nothing that concerns a tenant" in shown.out
    assert "Nothing that concerns a tenant" in tenant("plan", "--changed-since", "main", "--format", "markdown").out


@pytest.mark.parametrize(
    "args",
    [("plan",), ("plan", "acme", "--changed-since", "main"), ("plan", "--changed-since", "nowhere")],
    ids=" ".join,
)
def test_what_is_not_clear_or_not_known_ends_with_2(tenant: Tenant, args: tuple[str, ...]) -> None:
    refused = tenant(*args)
    assert refused.code == 2
    assert refused.out == ""
    assert refused.err.startswith("error: ")


# ---- checks of profiles


def validated(tenant: Tenant, form: str, *files: Path) -> tuple[int, str]:
    answer = tenant("profile", "validate", *map(str, files), "--format", form)
    return answer.code, answer.out


def test_faults_of_profiles_as_sarif(tenant: Tenant) -> None:
    bad = tenant.world.write("globex", size="gigantic", region="mars")
    code, out = validated(tenant, "sarif", bad, tenant.world.profiles / "acme.yaml")
    assert code == 2
    found: list[dict[str, Any]] = json.loads(out)["runs"][0]["results"]
    assert len(found) == 2
    for each in found:
        physical = each["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"].endswith("globex.yaml")
        assert physical["region"]["startColumn"] > 1


def test_faults_of_profiles_as_junit(tenant: Tenant, tmp_path: Path) -> None:
    bad, good = tenant.world.write("globex", size="gigantic"), tenant.world.profiles / "acme.yaml"
    code, out = validated(tenant, "junit", bad, good, tmp_path / "none.yaml")
    assert code == 2
    cases = Xml.fromstring(out)[0]
    assert [case.attrib["name"] for case in cases] == [str(bad), str(good), str(tmp_path / "none.yaml")]
    assert [case[0].tag for case in cases] == ["failure", "system-out", "failure"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_profiles_without_fault_end_with_0(tenant: Tenant, form: str, tmp_path: Path) -> None:
    code, out = validated(tenant, form, tenant.world.profiles / "acme.yaml")
    assert code == 0
    assert out
    kept = tmp_path / "report"
    args = ("profile", "validate", str(tenant.world.profiles / "acme.yaml"), "--format", form, "--to", str(kept))
    assert tenant(*args).out == ""
    assert kept.read_text() == out
