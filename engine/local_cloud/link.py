"""How the emulators ask each other what only one of them knows: a GET of /_local/…, with the home's link secret."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from engine.local_cloud.home import Settings

PREFIX = "/_local/"
HEADER = "x-local-link"
ASK_ONLY = "x-local-authorize-only"  # MiniStack says who it is and whether they may, and does nothing
_SECONDS = 20


def path(what: str, *arguments: str) -> str:
    """The path of a question."""
    return PREFIX + "/".join(quote(part, safe="") for part in (what, *arguments))


def parts(asked: str) -> list[str]:
    """What is asked, and its arguments."""
    return [unquote(part) for part in asked.removeprefix(PREFIX).split("/")]


def ask(endpoint: str, settings: Settings, what: str, *arguments: str) -> Any:
    """The answer of the other emulator. Raises OSError where there is none."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=_SECONDS)
    try:
        connection.request("GET", path(what, *arguments), headers={HEADER: settings.link})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
