"""How the emulators ask each other what only one of them knows, a GET of /_local/…, and tell each other what shall be,
a POST: with the home's link secret."""

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
    return _exchange(endpoint, settings, "GET", path(what, *arguments), None)


def tell(endpoint: str, settings: Settings, what: str, said: Any) -> None:
    """Let the other emulator make something so. Raises OSError where it is not there, or can't keep it."""
    _exchange(endpoint, settings, "POST", path(what), json.dumps(said).encode())


def _exchange(endpoint: str, settings: Settings, method: str, asked: str, body: bytes | None) -> Any:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=_SECONDS)
    try:
        connection.request(method, asked, body=body, headers={HEADER: settings.link})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 500:  # noqa: PLR2004 - HTTP
            raise OSError(f"{asked} answered {answer.status}: {text.decode(errors='replace')[:200]}")
        return json.loads(text)
    finally:
        connection.close()
