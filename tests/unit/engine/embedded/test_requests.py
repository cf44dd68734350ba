from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import resource_pb2

from engine.embedded import requests


def _request(**more: Any) -> resource_pb2.RegisterResourceRequest:
    return resource_pb2.RegisterResourceRequest(type="w:index:Thing", name="a", custom=True, **more)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"importId": "x"}, "import"),
        ({"remote": True}, "components from other packages"),
        ({"replace_with": ["urn:x"]}, "replaceWith"),
        ({"packageRef": "p"}, "parameterized"),
    ],
)
def test_what_is_not_done_is_refused_by_name_and_resource(more: dict[str, Any], named: str) -> None:
    with pytest.raises(requests.UnsupportedError, match=f"Thing a: {named}"):
        requests.parse(_request(**more))


def test_protection_not_said_differs_from_protection_denied() -> None:
    assert requests.parse(_request()).protect is None
    assert requests.parse(_request(protect=False)).protect is False


def test_aliases_come_as_urns() -> None:
    assert requests.parse(_request(aliasURNs=["urn:x"])).aliases == ("urn:x",)


@pytest.mark.parametrize(("text", "seconds"), [("10m", 600), ("1h30m", 5400), ("1.5s", 1.5), ("250ms", 0.25)])
def test_timeouts_are_seconds(text: str, seconds: float) -> None:
    assert requests.seconds(text) == seconds


@pytest.mark.parametrize("text", ["10", "ten minutes", "5 m", "3d"])
def test_a_timeout_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(requests.UnsupportedError, match="no duration"):
        requests.seconds(text)
