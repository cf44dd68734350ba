"""What differs inside of a policy, and not the policy twice on one line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import path_changes
from engine.runs import PathChange

READS = {"Sid": "Reads", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:own"}
KEYS = {"Sid": "Keys", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "arn:key"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def told(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [(each.path, each.before, each.after) for each in path_changes.inside(PathChange("policy", before, after))]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (
            policy(READS, KEYS),
            policy(READS | {"Action": ["s3:GetObject", "s3:*"]}, KEYS),
            [("policy.Statement[Reads].Action", ["s3:ListBucket"], ["s3:*"])],
        ),
        (policy(KEYS), policy(READS, KEYS), [("policy.Statement[Reads]", None, READS)]),
        (policy(READS, KEYS), policy(KEYS), [("policy.Statement[Reads]", READS, None)]),
        (
            policy(READS),
            policy(READS | {"Resource": "*"}),
            [("policy.Statement[Reads].Resource", "arn:own", "*")],
        ),
        (
            policy({"Effect": "Allow", "Action": "a"}),
            policy({"Effect": "Allow", "Action": "b"}),
            [("policy.Statement[0].Action", "a", "b")],
        ),
        ("[secret]", policy(READS), [("policy", "[secret]", policy(READS))]),
        ("{not json", "{nor this", [("policy", "{not json", "{nor this")]),
        (None, policy(READS), [("policy", None, policy(READS))]),
        (200, 300, [("policy", 200, 300)]),
    ],
)
def test_what_differs_is_told_by_its_place(before: Any, after: Any, changes: list[tuple[str, Any, Any]]) -> None:
    assert told(before, after) == changes


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
_DOCUMENTS = st.dictionaries(st.text(max_size=3), _VALUES, max_size=4).map(json.dumps)


@given(_DOCUMENTS, _DOCUMENTS)
def test_two_that_differ_are_never_told_as_nothing(before: str, after: str) -> None:
    if json.loads(before) != json.loads(after):
        assert told(before, after)
