"""Remarks of outside tools: the record, the explanations, the page and what the programs declare are in step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.audit import (
    checkov,
    cloudsplaining,
    explained,
    made,
    page,
    parliament,
    prowler,
    questions,
    recorded,
    rendered,
    simulate,
    terraform,
)
from tests.audit.finding import Finding

TOOLS = {checkov.TOOL, cloudsplaining.TOOL, parliament.TOOL, prowler.TOOL, simulate.TOOL}
ONE = Finding("checkov", "CKV_1", "acme/s3.Bucket data", "is open")
WHY = explained.Explanation("checkov", "CKV_1", ("acme/s3.Bucket *",), "open", "because", "then")


def test_everything_that_was_remarked_is_explained() -> None:
    assert not explained.unexplained(recorded.load(), explained.load())


def test_nothing_is_explained_that_was_not_remarked() -> None:
    assert not explained.stale(recorded.load(), explained.load())


def test_remarks_are_of_things_that_programs_still_declare() -> None:
    every = recorded.load()
    told = {each.subject for each in every if not each.subject.startswith(f"{prowler.ACCOUNT}/")}
    assert told <= rendered.subjects()
    assert {each.tool for each in every if each.subject not in told} == {prowler.TOOL}


def test_explanations_name_tools_that_are_run() -> None:
    assert {each.tool for each in explained.load()} <= TOOLS == set(recorded.looked())


@pytest.mark.parametrize("other", [{"tool": "x"}, {"check": "CKV_2"}, {"subject": "initech/s3.Bucket data"}], ids=str)
def test_an_explanation_covers_its_own_tool_check_and_subjects_only(other: dict[str, str]) -> None:
    assert explained.unexplained([ONE], [WHY]) == ()
    strange = replace(ONE, **other)
    assert explained.unexplained([strange], [WHY]) == (strange,)
    assert explained.stale([strange], [WHY]) == ("checkov CKV_1: acme/s3.Bucket *",)


def test_an_explanation_of_a_pattern_of_checks_covers_those_that_fit() -> None:
    every = replace(WHY, check="CKV_*")
    assert explained.unexplained([ONE], [every]) == explained.stale([ONE], [every]) == ()
    assert explained.stale([replace(ONE, check="CKV2_1")], [every])


def test_prowler_s_faults_are_of_what_a_stack_made_or_of_the_account() -> None:
    def answer(uid: str, code: str = "FAIL") -> dict[str, Any]:
        of = {"uid": uid, "group": {"name": "logs"}}
        return {
            "status_code": code,
            "metadata": {"event_code": "kept"},
            "resources": [of],
            "finding_info": {"title": "is kept"},
        }

    answers = [answer("arn:ours:*"), answer("arn:ours", "PASS"), answer("arn:theirs")]
    found = list(prowler.findings(answers, {"arn:ours": "acme/cloudwatch.LogGroup workload"}))
    assert found == [
        Finding("prowler", "kept", "acme/cloudwatch.LogGroup workload", "is kept"),
        Finding("prowler", "kept", "account/logs", "is kept"),
    ]


def test_what_an_account_holds_is_called_as_programs_declare_it(tmp_path: Path) -> None:
    state = tmp_path / "state" / ".pulumi" / "stacks" / "tenants" / "local.t.json"
    state.parent.mkdir(parents=True)

    def resource(type: str, name: str, **outputs: str) -> dict[str, Any]:
        urn = f"urn:pulumi:local.t::tenants::{type}::{name}"
        return {"type": type, "urn": urn, "custom": type.startswith("aws:"), "outputs": outputs}

    resources = [
        resource("pulumi:pulumi:Stack", "tenants-local.t", tenant="acme"),
        resource("tenant:secrets:Secrets", "secrets", arn="arn:secret"),
        resource("aws:secretsmanager/secret:Secret", "cache-login", arn="arn:secret"),
        resource("aws:secretsmanager/secretVersion:SecretVersion", "cache-login", arn="arn:secret"),
    ]
    state.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}), encoding="utf-8")
    assert made.subjects(tmp_path) == {"arn:secret": "acme/secretsmanager.Secret cache-login"}


def test_explanations_are_sentences_that_fit_into_a_table() -> None:
    for each in explained.load():
        assert all(re.fullmatch(r"[^|\n]*\.", text) for text in (each.why, each.until)), each


def test_the_page_of_remarks_is_fresh() -> None:
    fresh = page.FILE.read_text(encoding="utf-8") == page.text()
    assert fresh, "run: python -m tests.audit.page"


def test_our_evaluator_opens_own_things_and_closes_those_of_neighbours() -> None:
    asked = questions.questions()
    assert {each.who.stack for each in asked} == set(rendered.TENANTS)
    assert {each.thing.owner for each in asked} == {rendered.CELL, *rendered.TENANTS}
    assert [each.told for each in asked if simulate.ours(each) is not each.opens] == []


def test_a_policy_that_opens_a_neighbour_s_things_would_be_noticed() -> None:
    found = (each for each in questions.questions() if each.thing.owner in rendered.TENANTS and not each.opens)
    asked = next(each for each in found if each.action == "s3:GetObject")
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    opened = {"Version": "2012-10-17", "Statement": [everything]}
    thing = replace(asked.thing, policy=None)
    within = replace(asked, who=replace(asked.who, policies=(opened,)), thing=thing)
    assert not simulate.ours(within), "the boundary still holds"
    assert simulate.ours(replace(within, who=replace(within.who, boundary=opened)))


def test_all_that_is_shared_is_asked_for_by_one_who_names_it_and_by_one_who_does_not() -> None:
    told = {each.told: each.opens for each in questions.questions() if each.thing.owner == rendered.CELL}
    opened = {text for text, opens in told.items() if opens}
    sends, reads = "sqs:SendMessage on shared's queue-jobs", "s3:GetObject on shared's model llama-3"
    assert {f"initech: {sends}", f"acme: {sends}", f"initech: {reads}", f"hooli: {reads}"} <= opened
    closed = (f"hooli: {sends}", f"acme: {reads}", f"acme's ada: {sends}", f"initech's ada: {reads}")
    assert [told[text] for text in closed] == [False] * len(closed)
    assert {text.split(": ")[1].split()[0] for text in opened} == {"sqs:SendMessage", "s3:GetObject", "s3:ListBucket"}


def test_members_are_asked_for_their_own_for_each_other_s_and_for_another_tenant_s_things() -> None:
    told = {each.told: each.opens for each in questions.questions() if each.action == "s3:GetObject"}
    for name in rendered.TENANTS:
        assert told[f"{name}'s ada: s3:GetObject on {name}'s ada's object"]
        assert not told[f"{name}'s ada: s3:GetObject on {name}'s bob's object"]
        others = [other for other in rendered.TENANTS if other != name]
        assert not any(told[f"{name}'s ada: s3:GetObject on {other}'s ada's object"] for other in others)


def test_no_secret_is_shown_to_a_tool() -> None:
    assert "the-password" not in str([each.inputs for stack in rendered.stacks() for each in stack.resources])


def lists_of_blocks(value: Any) -> Iterator[str]:
    """Names of properties that hold lists of objects, at any depth."""
    for key, each in cast("dict[str, Any]", value).items() if isinstance(value, dict) else ():
        inside = cast("list[Any]", each) if isinstance(each, list) else [each]
        if inside is each and any(isinstance(one, dict) for one in inside):
            yield key
        for one in inside:
            yield from lists_of_blocks(one)


def test_every_list_of_blocks_is_written_as_terraform_does() -> None:
    every = [each for stack in rendered.stacks() for each in stack.resources if each.type.startswith("aws:")]
    used = {key for each in every for key in lists_of_blocks(each.inputs)}
    assert used - {"apiStages", "blockDeviceMappings", "tagSpecifications"} == set(terraform.BLOCKS)


def test_properties_are_spelled_as_terraform_does() -> None:
    given = {"kmsKeyId": "k", "tags": {"costCenter": "x"}, "rules": [{"applyServerSide": {"sseAlgorithm": "aws:kms"}}]}
    assert terraform.values(given) == {
        "kms_key_id": "k",
        "tags": {"costCenter": "x"},
        "rule": [{"apply_server_side": [{"sse_algorithm": "aws:kms"}]}],
    }


def test_rules_of_groups_are_told_in_characters_that_ec2_takes() -> None:
    told = [
        str(each.inputs.get("description", ""))
        for stack in rendered.stacks()
        for each in stack.resources
        if re.search(r":(SecurityGroup(In|E)gressRule|SecurityGroup)$", each.type)
    ]
    allowed = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
    assert [each for each in told if not allowed.fullmatch(each)] == []
    assert len(told) > len(rendered.TENANTS)
