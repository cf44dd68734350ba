"""Policy documents are read whole: what is not understood is named, and nothing is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.isolation.proof import pattern, policy
from operations.isolation.proof.pattern import Literal, Variable, Wild
from operations.isolation.proof.policy import Effect, Unreadable
from operations.isolation.proof.prove import Verdict, find
from operations.isolation.proof.world import Principal, Thing

BARE: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
THING = Thing(arns=("arn:aws:s3:::x/*",), account="1")


def role(*statements: dict[str, Any], version: str = "2012-10-17") -> Principal:
    document = policy.parse("access", {"Version": version, "Statement": list(statements)})
    return Principal(name="arn:aws:iam::1:role/a", account="1", identity=(document,))


def test_a_document_is_text_or_data_and_its_statement_one_or_many() -> None:
    one = policy.parse("p", {"Version": "2012-10-17", "Statement": BARE})
    assert one == policy.parse("p", json.dumps({"Version": "2012-10-17", "Statement": [BARE]}))


def test_a_statement_is_found_by_its_sid_or_its_number() -> None:
    both = policy.parse("p", {"Statement": [{**BARE, "Sid": "Read"}, BARE]})
    assert [each.name for each in both.statements] == ["p/Read", "p/#2"]
    assert both.statements[0].effect is Effect.ALLOW


@pytest.mark.parametrize(
    "given",
    [
        "{",
        "[]",
        {"Statement": []},
        {"Version": "2012-10-17"},
        {"Statement": [BARE], "Rules": []},
        {"Statement": ["x"]},
        {"Statement": [{**BARE, "Effect": "Perhaps"}]},
        {"Statement": [{"Effect": "Allow", "Resource": "*"}]},
    ],
    ids=str,
)
def test_what_is_no_policy_is_refused_by_name(given: Any) -> None:
    with pytest.raises(Unreadable, match="bucket of b"):
        policy.parse("bucket of b", given)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"Condition": {"BinaryEquals": {"x": "YQ=="}}}, "BinaryEquals"),
        ({"Condition": {"NullIfExists": {"x": "true"}}}, "NullIfExists"),
        ({"Condition": {"Bool": {"x": "maybe"}}}, "maybe"),
        ({"Condition": {"NumericEquals": {"x": "1.00001"}}}, "thousandths"),
        ({"Condition": {"IpAddress": {"x": "here"}}}, "here"),
        ({"Condition": {"DateEquals": {"x": "soon"}}}, "soon"),
        ({"Whenever": True}, "Whenever"),
        ({"NotResource": "arn:aws:s3:::y"}, "NotResource"),
    ],
    ids=str,
)
def test_what_is_not_understood_leaves_the_proof_undecided_and_names_the_statement(
    more: dict[str, Any], named: str
) -> None:
    proof = find(role({**BARE, **more, "Sid": "Odd"}), ["s3:GetObject"], [THING])
    assert proof.verdict is Verdict.UNDECIDED
    assert len(proof.why) == 1
    assert "access/Odd" in proof.why[0]
    assert named in proof.why[0]


def test_what_is_not_understood_does_not_matter_where_it_can_open_nothing() -> None:
    odd = {**BARE, "Condition": {"BinaryEquals": {"x": "YQ=="}}}
    elsewhere = find(role({**odd, "Resource": "arn:aws:s3:::y/*"}), ["s3:GetObject"], [THING])
    assert elsewhere.verdict is Verdict.CLOSED
    beside = find(role(odd, BARE), ["s3:GetObject"], [THING])
    assert beside.verdict is Verdict.OPEN
    denied = find(role(BARE, {**odd, "Effect": "Deny"}), ["s3:GetObject"], [THING])
    assert denied.verdict is Verdict.UNDECIDED


def test_variables_are_plain_text_before_the_version_that_has_them() -> None:
    named = {**BARE, "Resource": "arn:aws:s3:::x/${aws:PrincipalArn}/*"}
    new = find(role(named), ["s3:GetObject"], [THING])
    old = find(role(named, version="2008-10-17"), ["s3:GetObject"], [THING])
    assert new.counterexample is not None
    assert old.counterexample is not None
    assert new.counterexample.request.resource.startswith("arn:aws:s3:::x/arn:aws:iam::1:role/a/")
    assert old.counterexample.request.resource.startswith("arn:aws:s3:::x/${aws:PrincipalArn}/")


def test_a_text_is_taken_apart_into_characters_wildcards_and_variables() -> None:
    given = pattern.parse("a*${*}${aws:PrincipalTag/T, 'none'}?", variables=True)
    assert given == (Literal("a"), Wild.MANY, Literal("*"), Variable("aws:principaltag/t", "none"), Wild.ONE)
    assert pattern.parse("a*?", variables=True, wildcards=False) == (Literal("a*?"),)
