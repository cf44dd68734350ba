"""What S3 and Secrets Manager tell KMS of a caller's request, and how a refusal reads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.local_cloud.ministack_side import key_rights, object_rights, secret_rights

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
USE = key_rights.Use("s3", key_rights.READ, KEY, {"aws:s3:arn": "arn:aws:s3:::b"})
BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled"


def test_a_use_tells_the_service_of_the_key_s_region_and_the_encryption_context() -> None:
    assert USE.conditions() == {
        "kms:ViaService": "s3.eu-west-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::b",
        "kms:EncryptionContextKeys": ["aws:s3:arn"],
    }


@pytest.mark.parametrize(
    ("decision", "end"),
    [
        ({}, "because no identity-based policy allows the kms:Decrypt action"),
        ({"reason": "no resource-based policy"}, "because no resource-based policy allows the kms:Decrypt action"),
        ({"decision": "Deny"}, "with an explicit deny in an identity-based policy"),
        ({"decision": "Deny", "resource_policy_arn": KEY}, "with an explicit deny in a resource-based policy"),
    ],
)
def test_a_refusal_names_who_what_and_which_policy(decision: dict[str, str], end: str) -> None:
    usual = {"principal_arn": "arn:me", "decision": "ImplicitDeny", "reason": "", "resource_policy_arn": ""}
    denied: Any = SimpleNamespace(**{**usual, **decision})
    said = key_rights.sentence(USE, denied)
    assert said == f"User: arn:me is not authorized to perform: kms:Decrypt on resource: {KEY} {end}"


@pytest.mark.parametrize(
    ("headers", "configuration", "used"),
    [
        ({}, "", False),
        ({}, "<Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule>", True),
        ({}, "<x:BucketKeyEnabled> true </x:BucketKeyEnabled>", True),
        ({}, "<BucketKeyEnabled>false</BucketKeyEnabled>", False),
        ({BUCKET_KEY: "false"}, "<BucketKeyEnabled>true</BucketKeyEnabled>", False),
        ({BUCKET_KEY: "True"}, "", True),
    ],
)
def test_a_write_says_itself_or_its_bucket_says_whether_a_bucket_key_is_used(
    headers: dict[str, str], configuration: str, used: bool
) -> None:
    assert object_rights.bucket_key(headers, configuration) is used


def test_an_object_is_bound_to_itself_or_to_its_bucket() -> None:
    assert object_rights.context("b", "a/k", {}) == {"aws:s3:arn": "arn:aws:s3:::b/a/k"}
    assert object_rights.context("b", "a/k", {BUCKET_KEY: "true"}) == {"aws:s3:arn": "arn:aws:s3:::b"}


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("b/a/k", ("b", "a/k")),
        ("/b/a%20k?versionId=1", ("b", "a k")),
        ("b/a%3FversionId=1", ("b", "a?versionId=1")),
    ],
)
def test_what_is_copied_is_told_without_its_version(header: str, told: tuple[str, str]) -> None:
    assert object_rights.source({"x-amz-copy-source": header}) == told


def test_a_secret_is_bound_to_its_arn_and_version() -> None:
    assert secret_rights.context("arn:s", "1") == {"SecretARN": "arn:s", "SecretVersionId": "1"}
