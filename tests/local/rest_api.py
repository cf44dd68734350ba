"""The application's REST API, as a platform team makes it: its stage asks for a key and answers whoever has one."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from operations.settings import PACKAGED
from tests.local.conftest import Desk

_STAGE: Final = "live"
_PLACE: Final = "    own_vpcs: 10.64.0.0/13\n"
"""The end of what the local environment says of the region of a desk's tenants."""


def create(desk: Desk) -> str:
    """An API with one method, which costs nothing to call; its id."""
    gateway: Any = desk.aws("apigateway")
    api = str(gateway.create_rest_api(name="application")["id"])
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE", apiKeyRequired=True)
    gateway.put_method_response(**method, statusCode="200")
    gateway.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.put_integration_response(**method, statusCode="200")
    gateway.create_deployment(restApiId=api, stageName=_STAGE)
    return api


@contextmanager
def offered(desk: Desk) -> Generator[str]:
    """Its id; the desk's environment names it within, and whoever is created or applied there gets a key."""
    api, folder = create(desk), desk.profiles.parent / "environments"
    text = (PACKAGED / "environments" / "local.yaml").read_text()
    assert text.count(_PLACE) == 1
    folder.mkdir()
    file = folder / "local.yaml"
    file.write_text(text.replace(_PLACE, f"{_PLACE}    api: {{rest_api: '{api}', stage: {_STAGE}}}\n"))
    try:
        yield api
    finally:
        file.unlink()
        folder.rmdir()


def call(desk: Desk, api: str, key: str) -> int:
    """The status that a client gets who calls with a key."""
    url = f"{desk.environment.endpoints['apigateway']}/restapis/{api}/{_STAGE}/_user_request_/"
    asked = urllib.request.Request(url, headers={"x-api-key": key})
    context = ssl.create_default_context(cafile=str(desk.environment.ca_file))
    try:
        with urllib.request.urlopen(asked, context=context, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
