from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from botocore import exceptions as boto

from engine.providers import waits
from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused, CloudSilent
from engine.providers.port import AnswerLost, Call, ProviderError

Step = Exception | dict[str, Any]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list[float])

    def sleep(self, seconds: float) -> None:
        self.at += seconds
        self.slept.append(seconds)

    def clock(self) -> waits.Clock:
        return waits.Clock(lambda: self.at, self.sleep)


@dataclass
class Client:
    """Answers from a list; the last answer repeats."""

    steps: list[Step]
    sent: int = 0

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return self._answer

    def can_paginate(self, name: str) -> bool:
        return False

    def _answer(self, **parameters: Any) -> dict[str, Any]:
        step = self.steps[min(self.sent, len(self.steps) - 1)]
        self.sent += 1
        if isinstance(step, Exception):
            raise step
        return step


@dataclass
class Access:
    """Hands out one client and remembers how often botocore may send."""

    client_: Client
    attempts: list[int] = field(default_factory=list[int])

    def client(self, service: str, region: str, attempts: int = 3) -> Client:
        self.attempts.append(attempts)
        return self.client_


def refusal(code: str, message: str = "no") -> boto.ClientError:
    return boto.ClientError({"Error": {"Code": code, "Message": message}}, "CreateDBInstance")


def api(*steps: Step, call: Call | None = None, time: Time | None = None) -> tuple[Api, Client, Access]:
    client = Client(list(steps))
    access = Access(client)
    clock = (time or Time()).clock()
    return Api(cast("AwsAccess", access), "eu-west-1", call or Call(), clock), client, access


def test_a_refusal_is_one_sentence_with_its_code() -> None:
    here, client, _ = api(refusal("InsufficientDBInstanceCapacity", "none left"))
    with pytest.raises(CloudRefused) as caught:
        here.create("rds", "CreateDBInstance")
    assert str(caught.value) == "rds CreateDBInstance refused: InsufficientDBInstanceCapacity: none left"
    assert client.sent == 1


@pytest.mark.parametrize(
    "error",
    [
        boto.ConnectionClosedError(endpoint_url="http://x"),
        boto.ReadTimeoutError(endpoint_url="http://x"),
        boto.IncompleteReadError(actual_bytes=1, expected_bytes=2),
        refusal("InternalFailure"),
    ],
    ids=["closed", "timed-out", "cut-off", "internal-error"],
)
def test_a_create_whose_fate_is_unknown_is_sent_once_and_said_to_be_lost(error: Exception) -> None:
    here, client, access = api(error)
    with pytest.raises(AnswerLost):
        here.create("rds", "CreateDBInstance")
    assert client.sent == 1
    assert access.attempts == [1]


def test_a_lost_answer_to_a_question_is_not_a_lost_create() -> None:
    here, _, _ = api(boto.ReadTimeoutError(endpoint_url="http://x"))
    with pytest.raises(ProviderError) as caught:
        here.read("rds", "DescribeDBInstances")
    assert not isinstance(caught.value, AnswerLost)


def test_an_endpoint_that_does_not_answer_is_named() -> None:
    here, _, _ = api(boto.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    with pytest.raises(CloudSilent, match=r"nothing answers at http://127\.0\.0\.1:1"):
        here.create("rds", "CreateDBInstance")


def test_a_throttled_create_is_sent_again() -> None:
    here, client, _ = api(refusal("Throttling"), refusal("RequestLimitExceeded"), {"Ok": True})
    assert here.create("rds", "CreateDBInstance") == {"Ok": True}
    assert client.sent == 3


def test_throttling_is_not_borne_for_ever() -> None:
    time = Time()
    here, _, _ = api(refusal("Throttling"), time=time)
    with pytest.raises(CloudRefused, match="Throttling"):
        here.create("rds", "CreateDBInstance")
    assert 60 <= time.at < 90


@pytest.mark.parametrize("code", ["503", "ServiceUnavailable", "Unavailable"])
def test_a_create_that_no_service_answered_is_sent_once_and_said_to_be_lost(code: str) -> None:
    here, client, _ = api(refusal(code))
    with pytest.raises(AnswerLost, match="may have been accepted"):
        here.create("rds", "CreateDBInstance")
    assert client.sent == 1


def test_what_may_be_said_twice_is_sent_again_until_the_service_is_there() -> None:
    here, client, _ = api(refusal("ServiceUnavailable"), {})
    here.write("rds", "ModifyDBInstance")
    assert client.sent == 2


def test_a_service_that_never_comes_back_leaves_a_change_in_doubt() -> None:
    here, _, _ = api(refusal("ServiceUnavailable"))
    with pytest.raises(AnswerLost):
        here.write("rds", "ModifyDBInstance")
    assert here.accepted == []


def test_a_change_is_counted_as_accepted_unless_the_answer_takes_it_back() -> None:
    here, _, _ = api({}, {"Unsuccessful": [{"Error": {"Code": "No"}}]})
    here.write("ec2", "CreateTags")
    here.write("ec2", "DeleteFlowLogs")
    assert here.accepted == ["CreateTags"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"UserId": 1}, r"UserId needs str"),
        ({"UserId": {"k": "hidden, valid types: <class 'hidden'>\nx"}}, r"UserId needs str"),
        ({"UserId": "u", "Passwords": "hidden"}, r"Passwords needs list or tuple"),
        ({"UserId": "u", "Passwords": ["a", {"k": "hidden"}]}, r"Passwords\[1\] needs str"),
        ({"UserId": ""}, r"UserId is too short, too long or out of range"),
        ({}, r"UserId of input is missing"),
        ({"UserId": "u", "Colour": "hidden"}, r"input has no member Colour"),
    ],
)
def test_a_request_that_does_not_fit_is_told_by_place_and_type_never_by_value(
    parameters: dict[str, Any], said: str
) -> None:
    access = AwsAccess(default_endpoint="http://127.0.0.1:9", credentials=Credentials("k", "s"))
    with pytest.raises(ProviderError, match=f"^elasticache ModifyUser can't be sent: {said}") as caught:
        Api(access, "eu-west-1").write("elasticache", "ModifyUser", **parameters)
    assert "hidden" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_stop_ends_the_patience() -> None:
    here, client, _ = api(refusal("Throttling"), call=Call(stopping=lambda: True))
    with pytest.raises(CloudRefused):
        here.create("rds", "CreateDBInstance")
    assert client.sent == 1


def test_a_principal_that_is_young_gets_time() -> None:
    here, client, _ = api(refusal("MalformedPolicyDocumentException", "Invalid principal in policy"), {})
    here.write("kms", "PutKeyPolicy")
    assert client.sent == 2


def test_a_role_that_is_young_gets_time_even_in_a_create() -> None:
    words = "IAM Role arn:aws:iam::123456789012:role/acme cannot be assumed by AWS Backup"
    here, client, _ = api(refusal("InvalidParameterValueException", words), {})
    here.create("backup", "CreateBackupSelection")
    assert client.sent == 2


def test_a_policy_that_is_wrong_gets_none() -> None:
    here, client, _ = api(refusal("MalformedPolicyDocument", "Syntax errors in policy."))
    with pytest.raises(CloudRefused):
        here.write("iam", "PutRolePolicy")
    assert client.sent == 1


def test_the_fence_is_asked_before_every_change_and_stops_it() -> None:
    def fence() -> None:
        raise PermissionError("lease lost")

    here, client, _ = api({}, call=Call(fence=fence))
    with pytest.raises(PermissionError):
        here.write("s3", "PutBucketPolicy")
    assert client.sent == 0
    here.read("s3", "GetBucketPolicy")
    assert client.sent == 1


@pytest.mark.parametrize("code", ["NoSuchEntity", "DBInstanceNotFound", "InvalidVpcID.NotFound", "NotFoundException"])
def test_deleting_what_is_gone_is_no_error(code: str) -> None:
    here, _, _ = api(refusal(code))
    here.remove("x", "DeleteThing")
    assert here.seek("x", "GetThing") is None


def test_a_bare_404_is_not_taken_for_gone() -> None:
    here, _, _ = api(refusal("404", "Not Found"))
    with pytest.raises(CloudRefused):
        here.seek("eks", "DescribeAddon")


def test_waiting_ends_with_a_sentence() -> None:
    time = Time()
    here, _, _ = api({}, time=time)
    with pytest.raises(waits.WaitedTooLong, match="Waited 5 s until it is there, in vain"):
        here.until(lambda: None, limit=5, awaited="it is there")
    assert time.at == pytest.approx(5)


def test_the_calls_own_timeout_wins() -> None:
    time = Time()
    here, _, _ = api({}, call=Call(timeout=2), time=time)
    with pytest.raises(waits.WaitedTooLong, match="2 s"):
        here.until(lambda: None, limit=500, awaited="it is there")


def test_pauses_grow_and_have_a_bound() -> None:
    pauses = waits.pauses()
    taken = [next(pauses) for _ in range(30)]
    assert taken[0] < 0.2
    assert 8 <= taken[-1] <= 12
