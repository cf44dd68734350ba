"""Which operation a request asks for, told from its form."""

from __future__ import annotations

import pytest

from engine.local_cloud.faults.operations import Request


def request(
    service: str, *, method: str = "POST", path: str = "/", query: str = "", body: str = "", **headers: str
) -> Request:
    scope = f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, path, query, {"authorization": scope, **named}, body.encode())


FORM = {"content_type": "application/x-www-form-urlencoded; charset=utf-8"}
CASES = {
    "query": (request("rds", body="Action=CreateDBInstance&Version=1", **FORM), "rds", "CreateDBInstance"),
    "ec2": (request("ec2", body="Version=1&Action=CreateVpc", **FORM), "ec2", "CreateVpc"),
    "json": (request("kms", x_amz_target="TrentService.CreateKey"), "kms", "CreateKey"),
    "logs": (request("logs", x_amz_target="Logs_20140328.CreateLogGroup"), "logs", "CreateLogGroup"),
    "tagging": (
        request("tagging", x_amz_target="ResourceGroupsTaggingAPI_20170126.GetResources"),
        "resourcegroupstaggingapi",
        "GetResources",
    ),
    "list buckets": (request("s3", method="GET"), "s3", "ListBuckets"),
    "create bucket": (request("s3", method="PUT", path="/b"), "s3", "CreateBucket"),
    "put object": (request("s3", method="PUT", path="/b/a/k"), "s3", "PutObject"),
    "copy object": (request("s3", method="PUT", path="/b/a/k", x_amz_copy_source="b/x"), "s3", "CopyObject"),
    "upload part": (
        request("s3", method="PUT", path="/b/k", query="partNumber=1&uploadId=x"),
        "s3",
        "UploadPart",
    ),
    "versioning": (request("s3", method="PUT", path="/b", query="versioning"), "s3", "PutBucketVersioning"),
    "encryption": (request("s3", method="GET", path="/b", query="encryption="), "s3", "GetBucketEncryption"),
    "list v2": (request("s3", method="GET", path="/b", query="list-type=2&prefix=x"), "s3", "ListObjectsV2"),
    "delete objects": (request("s3", path="/b", query="delete"), "s3", "DeleteObjects"),
    "head object": (request("s3", method="HEAD", path="/b/k"), "s3", "HeadObject"),
    "rest json": (request("eks", method="GET", path="/clusters/a"), "eks", "DescribeCluster"),
    "cbor": (
        request("monitoring", path="/service/GraniteServiceVersion20100801/operation/PutMetricAlarm"),
        "cloudwatch",
        "PutMetricAlarm",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_service_and_operation_are_told_from_the_form(case: str) -> None:
    asked, service, operation = CASES[case]
    assert (asked.service(), asked.operation()) == (service, operation)


def test_a_presigned_request_is_told_by_its_query() -> None:
    query = "X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=x"
    asked = Request("GET", "/b/k", query, {}, b"")
    assert (asked.service(), asked.operation()) == ("s3", "GetObject")


def test_what_cannot_be_told_counts_as_a_change() -> None:
    assert not Request("GET", "/", "", {}, b"").only_reads()
    assert CASES["list buckets"][0].only_reads()
    assert not CASES["put object"][0].only_reads()
