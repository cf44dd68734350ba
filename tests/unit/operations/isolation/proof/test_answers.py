"""What an answer says: the request and no more than it needs, or what the question foundered on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from operations.isolation.proof import logic
from operations.isolation.proof.prove import Assumptions, Verdict, find, who_can
from operations.isolation.proof.request import Free, Known
from operations.isolation.proof.world import Kind, Principal, Thing
from tests.unit.operations.isolation.proof.given import allow, deny, only, read

NAME = "arn:aws:iam::1:role/a"
THING = Thing(arns=("arn:aws:s3:::x/b/*",), account="1")
NO_TAGS: Mapping[str, str] = MappingProxyType({})


def role(*statements: dict[str, Any], tags: Mapping[str, str] = NO_TAGS, open_tags: bool = False) -> Principal:
    access = (read("access", only(*statements)),)
    return Principal(name=NAME, account="1", identity=access, tags=tags, open_tags=open_tags)


def test_a_counterexample_is_told_as_a_sentence() -> None:
    proof = find(
        role(allow("s3:Get*", Condition={"StringEquals": {"s3:ExistingObjectTag/t": "b"}})), ["s3:GetObject"], [THING]
    )
    assert str(proof) == (
        "arn:aws:iam::1:role/a may s3:GetObject on arn:aws:s3:::x/b/example with s3:existingobjecttag/t = b; "
        "allowed by access/Hole."
    )


def test_only_keys_that_matter_are_told() -> None:
    condition = {"StringNotEquals": {"s3:prefix": "a"}, "StringLike": {"aws:UserAgent": "x*"}}
    wall = deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    proof = find(role(allow("s3:*", Condition=condition), wall), ["s3:GetObject"], [THING])
    assert proof.counterexample is not None
    assert set(proof.counterexample.matters) == {"aws:useragent"}
    assert proof.counterexample.matters["aws:useragent"][0].startswith("x")
    assert proof.counterexample.request.context["aws:securetransport"] == ("true",)


def test_what_stands_in_a_policy_as_its_wildcards_is_found_as_it_is() -> None:
    odd = "arn:aws:s3:::x/b/\\u{41} ü\u4e2d"
    proof = find(role(allow("s3:GetObject", on=f"{odd}?")), ["s3:GetObject"], [THING])
    assert proof.counterexample is not None
    assert proof.counterexample.request.resource.startswith(odd)


def test_texts_that_are_compared_with_each_other_are_found_as_they_are() -> None:
    mine = allow("s3:GetObject", on="arn:aws:s3:::x/${aws:PrincipalTag/t}/\\u{41}ü/*")
    proof = find(role(mine, open_tags=True), ["s3:GetObject"], [THING])
    assert proof.counterexample is not None
    tag, resource = proof.counterexample.request.context["aws:principaltag/t"][0], proof.counterexample.request.resource
    assert resource.startswith(f"arn:aws:s3:::x/{tag}/\\u{{41}}ü/")


def test_an_assumption_bounds_what_is_looked_for() -> None:
    mine = role(allow("s3:GetObject", on="arn:aws:s3:::x/${aws:PrincipalTag/t}/*"), open_tags=True)
    tag = "aws:PrincipalTag/t"
    assert find(mine, ["s3:GetObject"], [THING]).verdict is Verdict.OPEN
    assert find(mine, ["s3:GetObject"], [THING], Assumptions(keys={tag: Free(like=("a*",))})).verdict is Verdict.CLOSED
    assert find(mine, ["s3:GetObject"], [THING], Assumptions(keys={tag: Known(("b",))})).verdict is Verdict.OPEN


def test_the_first_way_in_is_the_answer_among_many_actions_and_things() -> None:
    other = Thing(arns=("arn:aws:s3:::y/*",), account="1")
    proof = find(role(allow("s3:PutObject", on="arn:aws:s3:::y/*")), ["s3:GetObject", "s3:Put*"], [THING, other])
    assert proof.counterexample is not None
    assert proof.counterexample.request.action == "s3:PutObject"
    assert proof.counterexample.request.resource == "arn:aws:s3:::y/example"


def test_what_no_policy_lets_through_is_closed_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> object:
        raise AssertionError("the solver was asked")

    monkeypatch.setattr(logic, "check", ask)
    elsewhere = role(allow("s3:*", on="arn:aws:s3:::y/*"), allow("kms:*"), deny("s3:GetObject"))
    assert find(elsewhere, ["s3:GetObject"], [THING]).verdict is Verdict.CLOSED


def test_a_question_without_an_answer_in_time_is_undecided() -> None:
    several = [
        f"arn:aws:s3:::x/*{first}*${{aws:PrincipalTag/t}}*{second}*" for first in "abcdef" for second in "uvwxyz"
    ]
    mine = role(allow("s3:*"), deny("s3:*", on=several), open_tags=True)
    proof = find(mine, ["s3:GetObject"], [THING], Assumptions(timeout=1))
    assert proof.verdict is Verdict.UNDECIDED
    assert "within" in str(proof)


def test_a_key_that_is_read_as_two_things_is_a_doubt() -> None:
    both = {"StringEquals": {"s3:max-keys": "1"}, "NumericLessThan": {"s3:max-keys": "2"}}
    proof = find(role(allow("s3:*", Condition=both)), ["s3:ListBucket"], [THING])
    assert proof.verdict is Verdict.UNDECIDED
    assert proof.why == ("access/Hole: s3:max-keys is read as number and as text",)


@pytest.mark.parametrize("operator", ["StringNotEquals", "StringNotLike"])
def test_a_negation_with_a_variable_that_has_no_value_is_a_doubt(operator: str) -> None:
    wall = deny("s3:*", Condition={operator: {"s3:prefix": "${aws:PrincipalTag/t}"}})
    untagged = find(
        role(allow("s3:*"), wall), ["s3:ListBucket"], [THING], Assumptions(keys={"s3:prefix": Known(("b",))})
    )
    assert untagged.verdict is Verdict.UNDECIDED
    tagged = role(allow("s3:*"), wall, tags={"t": "a"})
    assert (
        find(tagged, ["s3:ListBucket"], [THING], Assumptions(keys={"s3:prefix": Known(("b",))})).verdict
        is Verdict.CLOSED
    )


def test_who_can_names_those_too_who_can_not_be_ruled_out() -> None:
    odd = {**allow("s3:*"), "Condition": {"BinaryEquals": {"x": "YQ=="}}}
    people = [
        Principal(name=name, account="1", kind=Kind.USER, identity=(read("access", only(statement)),))
        for name, statement in (("c", odd), ("b", allow("s3:*")), ("a", allow("kms:*")))
    ]
    assert who_can(["s3:GetObject"], THING, people) == ("b", "c")


def test_what_stands_before_and_after_a_star_does_not_overlap() -> None:
    mine = role(allow("s3:GetObject", on="arn:aws:s3:::x/${aws:PrincipalTag/t}*${aws:PrincipalTag/t}"), open_tags=True)
    some = Assumptions(keys={"aws:PrincipalTag/t": Free(like=("?*",))})
    once, twice = (Thing(arns=(f"arn:aws:s3:::x/{end}",), account="1") for end in ("b", "bb"))
    assert find(mine, ["s3:GetObject"], [once], some).verdict is Verdict.CLOSED
    assert find(mine, ["s3:GetObject"], [twice], some).verdict is Verdict.OPEN


def test_a_key_has_as_many_values_as_the_policies_ask_for() -> None:
    both = {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}
    proof = find(role(allow("s3:*", Condition=both)), ["s3:GetObject"], [THING])
    assert proof.counterexample is not None
    assert set(proof.counterexample.matters["aws:tagkeys"]) == {"a", "b"}
