"""MiniStack speaks TLS, and policies see whether a request came over it."""

from __future__ import annotations

import json
import logging
import secrets
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, SSLError

from engine.local_cloud import LocalCloud
from engine.local_cloud.home import Home
from tests.contract.local_cloud import clients

KILLED_SECONDS = 15  # what has not ended by then is killed soon, with the state it has
ANYTHING = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.fixture
def bucket(local_cloud: LocalCloud, name: str) -> str:
    """A bucket that takes requests over TLS only."""
    s3, arn = clients.of(local_cloud, "s3"), f"arn:aws:s3:::{name}"
    s3.create_bucket(Bucket=name)
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [only_tls]}))
    return name


def plain(cloud: LocalCloud, service: str, over_tls: Any) -> Any:
    """A client with the same keys at the port without TLS."""
    settings = Home(cloud.ca_file.parent).settings()
    assert settings
    keys: Any = over_tls._request_signer._credentials
    return cast("Any", boto3).client(
        service,
        region_name=clients.REGION,
        endpoint_url=settings.ministack_plain,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def claim_tls(request: Any, **_: Any) -> None:
    """What a proxy with TLS in front would say; here nobody vouches for it."""
    request.headers["X-Forwarded-Proto"] = "https"


def test_a_bucket_for_tls_only_is_open_over_tls_and_shut_without(
    local_cloud: LocalCloud, role_client: Callable[..., Any], bucket: str
) -> None:
    role = role_client("s3", ANYTHING)
    role.put_object(Bucket=bucket, Key="k", Body=b"over TLS")
    assert role.get_object(Bucket=bucket, Key="k")["Body"].read() == b"over TLS"
    without = plain(local_cloud, "s3", role)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: without.put_object(Bucket=bucket, Key="k", Body=b"in the clear"),
        lambda: without.get_object(Bucket=bucket, Key="k"),
        lambda: without.list_objects_v2(Bucket=bucket),
    )
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert clients.code(refused.value) == "AccessDenied"
    assert role.get_object(Bucket=bucket, Key="k")["Body"].read() == b"over TLS"


@pytest.mark.parametrize("moment", ["before-sign", "before-send"])
def test_a_client_without_tls_that_claims_tls_is_not_believed(
    local_cloud: LocalCloud, role_client: Callable[..., Any], bucket: str, moment: str
) -> None:
    without = plain(local_cloud, "s3", role_client("s3", ANYTHING))
    without.list_buckets()
    without.meta.events.register(f"{moment}.s3", claim_tls)
    without.list_buckets()
    with pytest.raises(ClientError) as refused:
        without.put_object(Bucket=bucket, Key="k", Body=b"in the clear")
    assert clients.code(refused.value) == "AccessDenied"


def test_the_condition_holds_for_a_role_of_any_service(
    local_cloud: LocalCloud, role_client: Callable[..., Any]
) -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    role = role_client("kms", {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": condition})
    role.list_keys()
    with pytest.raises(ClientError) as refused:
        plain(local_cloud, "kms", role).list_keys()
    assert clients.code(refused.value) == "AccessDeniedException"


def test_a_large_object_goes_both_ways(local_cloud: LocalCloud, bucket: str) -> None:
    s3, body = clients.of(local_cloud, "s3"), secrets.token_bytes(30_000_000)
    s3.put_object(Bucket=bucket, Key="large", Body=body)
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == body
    kind = "application/octet-stream"
    wanted = {"Bucket": bucket, "Key": "by-link", "ContentType": kind}
    link: str = s3.generate_presigned_url("put_object", Params=wanted)
    put = urllib.request.Request(link, body, {"Content-Type": kind}, method="PUT")
    trust = ssl.create_default_context(cafile=local_cloud.ca_file)
    with urllib.request.urlopen(put, context=trust) as answer:
        assert answer.status == 200  # noqa: PLR2004 - HTTP's OK
    assert s3.get_object(Bucket=bucket, Key="by-link")["Body"].read() == body


def test_a_client_keeps_its_connection(local_cloud: LocalCloud, caplog: pytest.LogCaptureFixture) -> None:
    sts = clients.of(local_cloud, "sts")
    with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
        for _ in range(5):
            sts.get_caller_identity()
    assert len([line for line in caplog.messages if line.startswith("Starting new HTTPS connection")]) == 1


def test_the_certificate_satisfies_a_strict_client_and_nobody_without_the_authority(local_cloud: LocalCloud) -> None:
    endpoint = local_cloud.environment().endpoints["sts"]
    strict = ssl.create_default_context(cafile=local_cloud.ca_file)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{endpoint}/_local/caches", context=strict)
    stranger: Any = cast("Any", boto3).client(
        "sts", region_name=clients.REGION, endpoint_url=endpoint, aws_access_key_id="k", aws_secret_access_key="s"
    )
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get_caller_identity()


def test_a_queue_is_reached_at_the_address_that_it_is_given(local_cloud: LocalCloud, name: str) -> None:
    sqs = clients.of(local_cloud, "sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    assert queue.startswith(local_cloud.environment().endpoints["sqs"])
    sqs.send_message(QueueUrl=queue, MessageBody="hello")
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["hello"]


def test_a_client_that_keeps_its_connection_does_not_hold_up_the_end(local_cloud: LocalCloud) -> None:
    idle = clients.of(local_cloud, "kms")
    idle.list_keys()
    began = time.monotonic()
    try:
        local_cloud.stop()
        assert time.monotonic() - began < KILLED_SECONDS
    finally:
        local_cloud.start()
    idle.list_keys()
