"""What each condition operator says of a value, as prover and evaluator both have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from operations.isolation.proof import policy
from operations.isolation.proof.concrete import Evaluator
from operations.isolation.proof.prove import Assumptions, Verdict, find
from operations.isolation.proof.request import Absent, Assumption, Known, Request
from operations.isolation.proof.world import Principal, Thing

THING = Thing(arns=("arn:aws:s3:::x/o",), account="1")
KEY = "s3:key"


@dataclass(frozen=True)
class Case:
    """An operator with the policy's value, the request's values (none where the key is absent), and the answer."""

    operator: str
    policy: Any
    request: tuple[str, ...]
    holds: bool

    def __str__(self) -> str:
        return f"{self.operator} {self.policy} of {','.join(self.request) or 'nothing'}"


ARN = "arn:aws:iam::1:role/a"
CASES = [
    Case("StringEquals", "a", ("a",), True),
    Case("StringEquals", "a", ("A",), False),
    Case("StringEquals", "a*", ("ab",), False),
    Case("StringEquals", ["a", "b"], ("b",), True),
    Case("StringEquals", "a", (), False),
    Case("StringEqualsIfExists", "a", (), True),
    Case("StringEqualsIfExists", "a", ("b",), False),
    Case("StringNotEquals", "a", (), True),
    Case("StringNotEquals", ["a", "b"], ("b",), False),
    Case("StringNotEquals", ["a", "b"], ("c",), True),
    Case("StringEqualsIgnoreCase", "aB", ("Ab",), True),
    Case("StringNotEqualsIgnoreCase", "aB", ("Ab",), False),
    Case("StringLike", "a?c*", ("abc",), True),
    Case("StringLike", "a?c", ("ac",), False),
    Case("StringLike", "${*}", ("*",), True),
    Case("StringLike", "${*}", ("a",), False),
    Case("StringLike", "${aws:PrincipalTag/none, 'd'}", ("d",), True),
    Case("StringLike", "${aws:PrincipalTag/none}*", ("d",), False),
    Case("StringNotLike", "a*", ("b",), True),
    Case("StringNotLike", "a*", (), True),
    Case("ArnLike", "arn:aws:iam::*:role/*", (ARN,), True),
    Case("ArnEquals", "arn:aws:iam::*:role/*", (ARN,), True),
    Case("ArnLike", "arn:aws:*:*:*:*", (ARN,), True),
    Case("ArnLike", "arn:aws:iam:*:role/*:x", ("arn:aws:iam::1:role/a:x",), False),
    Case("ArnNotLike", "arn:aws:iam::2:*", (ARN,), True),
    Case("ArnNotEquals", "arn:aws:iam::1:*", (ARN,), False),
    Case("Bool", "true", ("true",), True),
    Case("Bool", "true", ("false",), False),
    Case("Bool", "false", (), False),
    Case("BoolIfExists", "false", (), True),
    Case("NumericLessThan", "3600", ("3599.5",), True),
    Case("NumericLessThan", "3600", ("3600",), False),
    Case("NumericLessThanEquals", "3600", ("3600",), True),
    Case("NumericGreaterThan", "1.5", ("1.501",), True),
    Case("NumericGreaterThanEquals", "1.5", ("1.499",), False),
    Case("NumericEquals", "1.50", ("1.5",), True),
    Case("NumericNotEquals", ["1", "2"], ("2",), False),
    Case("NumericNotEquals", "1", (), True),
    Case("DateLessThan", "2026-01-01T00:00:00Z", ("2025-12-31T23:59:59Z",), True),
    Case("DateGreaterThan", "2026-01-01T00:00:00Z", ("2026-01-01T00:00:00Z",), False),
    Case("DateEquals", "1767225600", ("2026-01-01T00:00:00Z",), True),
    Case("IpAddress", "10.0.0.0/8", ("10.200.0.1",), True),
    Case("IpAddress", "10.0.0.0/8", ("11.0.0.1",), False),
    Case("IpAddress", "2001:db8::/32", ("2001:db8::1",), True),
    Case("IpAddress", "0.0.0.0/0", ("::1",), False),
    Case("NotIpAddress", "10.0.0.0/8", ("11.0.0.1",), True),
    Case("NotIpAddress", "10.0.0.0/8", (), True),
    Case("Null", "true", (), True),
    Case("Null", "true", ("a",), False),
    Case("Null", "false", ("a",), True),
    Case("Null", "false", (), False),
    Case("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    Case("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    Case("ForAllValues:StringEquals", "a", (), True),
    Case("ForAllValues:StringNotEquals", "a", ("b", "c"), True),
    Case("ForAllValues:StringNotEquals", "a", ("b", "a"), False),
    Case("ForAnyValue:StringEquals", "a", ("b", "a"), True),
    Case("ForAnyValue:StringEquals", "a", ("b", "c"), False),
    Case("ForAnyValue:StringEquals", "a", (), False),
    Case("ForAnyValue:StringNotEquals", "a", ("b", "a"), True),
    Case("ForAnyValue:StringNotEquals", "a", ("a",), False),
    Case("ForAnyValue:StringNotEquals", "a", (), False),
]


def role(case: Case, effect: str) -> Principal:
    """A role that may do it where the condition holds, or where it does not."""
    bare = {"Action": "s3:GetObject", "Resource": "*"}
    conditional = {"Effect": effect, **bare, "Condition": {case.operator: {KEY: case.policy}}}
    statements = [conditional] if effect == "Allow" else [{"Effect": "Allow", **bare}, conditional]
    document = policy.parse("access", {"Version": "2012-10-17", "Statement": statements})
    return Principal(name=ARN, account="1", identity=(document,))


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operator_says_the_same_to_prover_and_evaluator(case: Case, effect: str) -> None:
    principal = role(case, effect)
    value: Assumption = Known(case.request) if case.request else Absent()
    proof = find(principal, ["s3:GetObject"], [THING], Assumptions(keys={KEY: value}))
    request = Request("s3:GetObject", "arn:aws:s3:::x/o", {KEY: case.request} if case.request else {})
    allowed = case.holds is (effect == "Allow")
    assert Evaluator(principal, THING).decide(request).allowed is allowed
    assert proof.verdict is (Verdict.OPEN if allowed else Verdict.CLOSED), proof


@pytest.mark.parametrize("case", [each for each in CASES if each.holds and each.request], ids=str)
def test_a_value_that_an_operator_asks_for_is_found(case: Case) -> None:
    proof = find(role(case, "Allow"), ["s3:GetObject"], [THING])
    assert proof.verdict is Verdict.OPEN, proof
