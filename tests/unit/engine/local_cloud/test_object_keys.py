from __future__ import annotations

from engine.local_cloud.ministack_side import object_keys

KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def test_a_write_that_names_a_key_is_told_with_it() -> None:
    named = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:key"}
    assert object_keys.key(named) == {KEY: "arn:key"}


def test_a_write_that_names_none_has_no_such_condition_key() -> None:
    assert object_keys.key({"x-amz-server-side-encryption": "aws:kms"}) == {}
