from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.providers.aws import shapes
from engine.providers.aws.shapes import Misfit

LIFECYCLE = shapes.input_shape("s3", "PutBucketLifecycleConfiguration").members["LifecycleConfiguration"]
ENCRYPTION = shapes.input_shape("s3", "PutBucketEncryption").members["ServerSideEncryptionConfiguration"]

DAYS = st.integers(1, 3650)
RULES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": st.text("abc", min_size=1), "status": st.sampled_from(["Enabled", "Disabled"])},
    optional={
        "filter": st.fixed_dictionaries({"prefix": st.text("ab/")}),
        "expiration": st.fixed_dictionaries({"days": DAYS}),
        "transitions": st.lists(
            st.fixed_dictionaries({"days": DAYS, "storageClass": st.just("GLACIER")}), min_size=1, max_size=3
        ),
        "abortIncompleteMultipartUpload": st.fixed_dictionaries({"daysAfterInitiation": DAYS}),
        "noncurrentVersionExpiration": st.fixed_dictionaries({"noncurrentDays": DAYS}),
    },
)


@given(st.lists(RULES, min_size=1, max_size=4))
def test_what_goes_to_the_api_comes_back_the_same(rules: list[dict[str, Any]]) -> None:
    sent = shapes.to_api({"rules": rules}, LIFECYCLE)
    assert shapes.from_api(sent) == {"rules": rules}


def test_abbreviations_keep_their_spelling_on_both_sides() -> None:
    given = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}}]}
    sent = shapes.to_api(given, ENCRYPTION)
    default = sent["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}
    assert shapes.from_api(sent) == given


def test_numbers_from_the_wire_become_whole() -> None:
    shape = shapes.input_shape("rds", "CreateDBInstance").members["AllocatedStorage"]
    assert shapes.to_api(20.0, shape) == 20


@pytest.mark.parametrize("value", [20.5, "many", True])
def test_a_value_that_does_not_fit_is_refused_by_its_place(value: object) -> None:
    shape = shapes.input_shape("rds", "CreateDBInstance").members["AllocatedStorage"]
    with pytest.raises(Misfit, match="allocatedStorage"):
        shapes.to_api(value, shape, "allocatedStorage")


def test_an_unknown_member_is_refused_not_dropped() -> None:
    with pytest.raises(Misfit, match=r"rules\[0\]\.colour"):
        shapes.to_api({"rules": [{"colour": "red"}]}, LIFECYCLE)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("A.B", 1),
        ("L[].X", [1, 2]),
        ("A.C.D", None),
        ("Z[].X", None),
    ],
)
def test_a_path_leads_to_its_value_or_to_none(path: str, found: object) -> None:
    thing = {"A": {"B": 1}, "L": [{"X": 1}, {"X": 2}, {}]}
    assert shapes.at(thing, path) == found
