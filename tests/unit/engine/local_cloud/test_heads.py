"""What of a request goes on to somebody's cluster, and with whose login."""

from __future__ import annotations

import json

import pytest

from engine.local_cloud.contexts import heads
from engine.local_cloud.contexts.heads import Declined


def raw(*headers: str, line: str = "GET /api/v1/pods?watch=1 HTTP/1.1") -> bytes:
    return "\r\n".join((line, *headers, "", "")).encode()


def passed(*headers: str, authorization: str = "Bearer theirs") -> list[str]:
    return heads.parse(raw(*headers)).passed_on("10.0.0.1:6443", "/k8s/c1", authorization).decode().split("\r\n")


def test_the_caller_s_token_stays_here_and_the_context_s_login_goes_on() -> None:
    head = ("Host: 127.1.2.3:6443", "authorization: bearer ours", "Accept: application/json", "Connection: keep-alive")
    assert heads.parse(raw(*head)).token == "ours"
    assert passed(*head) == [
        "GET /k8s/c1/api/v1/pods?watch=1 HTTP/1.1",
        "Host: 10.0.0.1:6443",
        "Connection: close",
        "Authorization: Bearer theirs",
        "Accept: application/json",
        "",
        "",
    ]


def test_where_a_certificate_says_who_it_is_no_login_is_put_in() -> None:
    assert not [each for each in passed("Authorization: Bearer ours", authorization="") if "earer" in each]


def test_a_connection_takes_one_request_also_where_it_is_not_upgraded() -> None:
    assert "Connection: Upgrade, close" in passed("Upgrade: websocket", "Connection: Upgrade")


@pytest.mark.parametrize(
    "head", [(), ("Authorization: Basic x",), ("Authorization: Bearer a", "Authorization: Bearer b")]
)
def test_no_token_or_two_are_none(head: tuple[str, ...]) -> None:
    assert heads.parse(raw(*head)).token == ""


@pytest.mark.parametrize(
    "given",
    [
        raw(line="GET http://elsewhere/ HTTP/1.1"),
        raw(line="PRI * HTTP/2.0"),
        raw(line="GET /a /b HTTP/1.1"),
        raw("Authorization : Bearer ours"),
        raw("Accept: a\nAuthorization: Bearer ours"),
        raw("Accept: a", " folded"),
        raw(""),
    ],
)
def test_what_two_servers_could_read_in_two_ways_is_declined(given: bytes) -> None:
    with pytest.raises(Declined) as told:
        heads.parse(given)
    assert told.value.status == 400


def test_an_answer_of_ours_is_a_status_of_kubernetes() -> None:
    head, _, body = Declined(401, "Unauthorized", "Unauthorized").answer().partition(b"\r\n\r\n")
    told = json.loads(body)
    assert head.startswith(b"HTTP/1.1 401 ")
    assert (told["kind"], told["code"], told["reason"]) == ("Status", 401, "Unauthorized")
    assert f"Content-Length: {len(body)}".encode() in head
