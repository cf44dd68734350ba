"""What a policy says once the request's values stand in it: pure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.local_cloud.ministack_side import encryption_context, metric_namespace, policy_variables

KNOWN = {"aws:PrincipalTag/slug": "own", "aws:username": "a*b"}


def put(text: str, *, wild: bool = False) -> str | None:
    return policy_variables.substituted(text, KNOWN.get, wild=wild)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain/*", "plain/*"),
        ("${aws:PrincipalTag/slug}/*", "own/*"),
        ("a${aws:PrincipalTag/slug}${aws:PrincipalTag/slug}", "aownown"),
        ("${aws:PrincipalTag/none}/*", None),
        ("${aws:PrincipalTag/none, 'all'}/*", "all/*"),
        ("${aws:PrincipalTag/slug, 'all'}/*", "own/*"),
        ("${*}${?}${$}{aws:username}", "*?${aws:username}"),
        ("${}", None),
    ],
)
def test_values_of_the_request_stand_in_place_of_variables(text: str, told: str | None) -> None:
    assert put(text) == told


def test_what_is_put_in_is_no_wildcard() -> None:
    assert "*" not in str(put("${aws:username}${*}${?}", wild=True))
    assert str(put("${aws:username}/*", wild=True)).endswith("/*")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"StringEquals": {"k": "${aws:PrincipalTag/slug}"}}, {"StringEquals": {"k": ["own"]}}),
        ({"StringEquals": {"k": ["${aws:PrincipalTag/none}", "x"]}}, {"StringEquals": {"k": ["x"]}}),
        ({"StringEquals": {"k": "${aws:PrincipalTag/none}"}}, None),
        ({"StringNotLike": {"k": ["${aws:PrincipalTag/none}", "x"]}}, None),
        ({"NumericEquals": {"k": "${aws:PrincipalTag/slug}"}}, {"NumericEquals": {"k": "${aws:PrincipalTag/slug}"}}),
        ({"Null": {"k": "true"}}, {"Null": {"k": "true"}}),
    ],
)
def test_a_condition_that_speaks_of_what_is_not_there_is_not_met(condition: dict[str, Any], told: object) -> None:
    assert policy_variables.conditions(condition, KNOWN.get) == told


def test_the_encryption_context_is_where_each_request_carries_it() -> None:
    context = {"tenant": "own"}
    keys = {"kms:EncryptionContext:tenant": "own", "kms:EncryptionContextKeys": ["tenant"]}
    for request in (
        {"EncryptionContext": context},
        {"SourceEncryptionContext": context, "DestinationEncryptionContext": {"tenant": "other"}},
        {"Constraints": {"EncryptionContextSubset": context}},
    ):
        assert encryption_context.keys(json.dumps(request).encode()) == keys
    for body in (b"", b"{}", b"no json", b'{"EncryptionContext": null}', b"[]"):
        assert encryption_context.keys(body) == {}


@pytest.mark.parametrize(
    ("action", "body", "known"),
    [
        ("cloudwatch:PutMetricData", b'{"Namespace": "demo/local/tenants"}', "demo/local/tenants"),
        ("cloudwatch:PutMetricData", b"{", None),
        ("cloudwatch:PutMetricAlarm", b'{"Namespace": "AWS/RDS"}', None),
    ],
)
def test_the_namespace_of_metrics_is_known_where_they_are_written(action: str, body: bytes, known: str | None) -> None:
    assert metric_namespace.key(action, body).get("cloudwatch:namespace") == known
