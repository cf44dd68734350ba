"""Errors as each protocol writes them, read back by botocore's own parsers."""

from __future__ import annotations

from typing import Any, cast

import botocore.parsers
import pytest

from engine.local_cloud import refusal
from engine.local_cloud.faults import answers, shapes
from engine.local_cloud.faults.answers import Answer


def parsed(service: str, answer: Answer) -> dict[str, Any]:
    model = shapes.service(service)
    parser: Any = cast("Any", botocore.parsers).create_parser(model.resolved_protocol)
    raw = {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body}
    return parser.parse(raw, model.operation_model(model.operation_names[0]).output_shape)


@pytest.mark.parametrize(
    "service", ["rds", "ec2", "elasticache", "iam", "kms", "logs", "s3", "route53", "eks", "cloudwatch", "sqs"]
)
def test_sdks_read_code_and_message_in_every_protocol(service: str) -> None:
    error = parsed(service, answers.error(service, "SomethingUnusual", "a < b & c"))["Error"]
    assert error["Code"] == "SomethingUnusual"
    assert error["Message"] == "a < b & c"


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [
        ("rds", "DBInstanceAlreadyExists", 400),
        ("rds", "DBInstanceNotFound", 404),
        ("rds", "InsufficientDBInstanceCapacity", 400),
        ("ec2", "InternalError", 503),
        ("s3", "SlowDown", 503),
        ("kms", "ThrottlingException", 400),
    ],
)
def test_the_status_is_the_services_own(service: str, code: str, status: int) -> None:
    assert answers.error(service, code, "x").status == status


def test_the_refusal_names_the_service() -> None:
    head = b"POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/ce/aws4_request\r\n\r\n"
    assert b"ce is not in the local cloud" in refusal.answer(head)
    assert refusal.answer(head).startswith(b"HTTP/1.1 501 ")
    assert b"This service is not in the local cloud" in refusal.answer(b"GET / HTTP/1.1\r\n\r\n")
