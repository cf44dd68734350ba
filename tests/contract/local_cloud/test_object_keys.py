"""The bucket policy of tenants, met by writes as a workload makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from stacks.policies import bucket, document
from tests.contract.local_cloud import clients

ALL = {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}
ACCOUNT = "123456789012"


@pytest.fixture
def keys(local_cloud: LocalCloud) -> tuple[str, str]:
    kms = clients.of(local_cloud, "kms")
    own, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    return own, other


@pytest.fixture
def objects(local_cloud: LocalCloud, name: str, keys: tuple[str, str]) -> Iterator[str]:
    """A bucket that takes objects under the first key only."""
    s3 = clients.of(local_cloud, "s3")
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[0]}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    policy = bucket.tenant(name, keys[0], ACCOUNT, "demo-local-t*-workload", "demo-local-tx-workload")
    s3.put_bucket_policy(Bucket=name, Policy=document.text(policy))
    yield name
    for each in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def test_an_object_may_name_the_bucket_s_key_or_nothing(
    role_client: Callable[..., Any], objects: str, keys: tuple[str, str]
) -> None:
    s3 = role_client("s3", ALL)
    for more in ({}, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys[0]}):
        s3.put_object(Bucket=objects, Key="one", Body=b"1", **more)
        assert s3.head_object(Bucket=objects, Key="one")["SSEKMSKeyId"] == keys[0]


def test_parts_of_an_upload_are_taken_under_the_key_that_the_upload_named(
    role_client: Callable[..., Any], objects: str, keys: tuple[str, str]
) -> None:
    s3 = role_client("s3", ALL)
    for more in ({}, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys[0]}):
        whose: dict[str, Any] = {"Bucket": objects, "Key": "large"}
        whose["UploadId"] = s3.create_multipart_upload(Bucket=objects, Key="large", **more)["UploadId"]
        part = s3.upload_part(**whose, PartNumber=1, Body=b"1")
        s3.complete_multipart_upload(**whose, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})


@pytest.mark.parametrize("which", ["kms without a key", "another key", "S3's own"])
def test_an_object_under_anything_else_is_refused(
    role_client: Callable[..., Any], objects: str, keys: tuple[str, str], which: str
) -> None:
    more = {
        "kms without a key": {"ServerSideEncryption": "aws:kms"},
        "another key": {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys[1]},
        "S3's own": {"ServerSideEncryption": "AES256"},
    }[which]
    with pytest.raises(ClientError) as refused:
        role_client("s3", ALL).put_object(Bucket=objects, Key="one", Body=b"1", **more)
    assert clients.code(refused.value) == "AccessDenied"
