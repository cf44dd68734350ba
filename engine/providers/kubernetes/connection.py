"""One cluster's API over HTTPS: requests, with what may be said twice said twice, and failures as sentences."""

from __future__ import annotations

import json
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from engine.providers import logins
from engine.providers.kubernetes import refusals
from engine.providers.kubernetes.settings import Settings
from engine.providers.logins import EksTokens
from engine.providers.port import AnswerLost, Props, ProviderError
from engine.providers.reach import Reach
from stacks.errors import CloudUnreachable

_APPLY: Final = "application/apply-patch+yaml"  # JSON is YAML
_JSON: Final = "application/json"
_SECONDS: Final = 60.0
_ATTEMPTS: Final = 4
_PAUSE_SECONDS: Final = 0.3
_CONNECTIONS: Final = 32
_BUSY: Final = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: `what` names it for people; `secret` says that an answer may quote what nobody may see.

    `headers` are added to those that every request has, for example `Impersonate-User`.
    """

    what: str
    method: str
    path: str
    body: Props | None = None
    query: Mapping[str, str] | None = None
    secret: bool = False
    headers: Mapping[str, str] | None = None

    @property
    def changes(self) -> bool:
        """Whether it may change something. All such requests may be sent twice: applied again, deleted again by uid."""
        return self.method != "GET" and "dryRun" not in (self.query or {})


class Connection:
    """A pool of connections to one server."""

    def __init__(self, settings: Settings, reach: Reach, eks: EksTokens | None = None) -> None:
        self.server = settings.server
        self._credentials = logins.of(settings.login, eks)
        self._url, self._pool = _pool(settings, reach)

    def send(self, request: Request, fence: Callable[[], None] = lambda: None) -> Props:
        """The answer. `fence` is asked before each time that something is sent which changes something.

        Raises Refusal, AnswerLost where a change may or may not have happened, ProviderError where nothing was sent.
        """
        fresh = False
        for left in reversed(range(_ATTEMPTS)):
            if request.changes:
                fence()
            answer = self._try(request, last=left == 0, fresh=fresh)
            if answer is None:
                time.sleep(_PAUSE_SECONDS)
            elif answer.status == 401 and not fresh and left:
                fresh = True
            elif answer.status in _BUSY and left:
                time.sleep(_pause(answer))
            elif answer.status >= 400:
                raise refusals.of(request.what, answer.status, answer.data, secret=request.secret)
            else:
                return cast("Props", json.loads(answer.data))
        raise AssertionError("the last attempt answers or raises")

    def _try(self, request: Request, *, last: bool, fresh: bool) -> urllib3.BaseHTTPResponse | None:
        """One attempt; None where it came to nothing and another may be made."""
        token = self._credentials.token(fresh=fresh)
        try:
            return self._pool.request(
                request.method,
                f"{self._url}{request.path}" + (f"?{urlencode(request.query)}" if request.query else ""),
                body=json.dumps(request.body) if request.body is not None else None,
                headers={
                    "Accept": _JSON,
                    "Content-Type": _APPLY if request.method == "PATCH" else _JSON,
                    "User-Agent": "tenant",
                    **({"Authorization": f"Bearer {token}"} if token else {}),
                    **(request.headers or {}),
                },
                timeout=_SECONDS,
                retries=False,
            )
        except (NewConnectionError, SSLError) as error:
            if isinstance(error, SSLError) or last:
                raise ProviderError(f"The cluster at {self.server} can't be reached: {_why(error)}.") from error
        except HTTPError as error:
            if last and request.changes:
                raise AnswerLost(f"{request.what}: the answer was lost ({_why(error)}).") from error
            if last:
                raise ProviderError(f"{request.what}: no answer from {self.server} ({_why(error)}).") from error
        return None


def _pool(settings: Settings, reach: Reach) -> tuple[str, urllib3.PoolManager]:
    """The way there. The certificate is checked for the server's own name, whatever the way."""
    url = urlsplit(settings.server)
    host, port = url.hostname or "", url.port or 443
    try:
        way = reach.way(host, port)
    except CloudUnreachable as error:
        raise ProviderError(str(error)) from error
    pool = urllib3.PoolManager(
        ssl_context=_trust(settings), maxsize=_CONNECTIONS, assert_hostname=host, server_hostname=host
    )
    return f"https://{way.host}:{way.port}{url.path}", pool


def _trust(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=settings.authority or None)
        if settings.login.certificate:
            with tempfile.NamedTemporaryFile("w") as file:  # only its owner may read it; ssl reads nothing but files
                file.write(f"{settings.login.certificate}\n{settings.login.key}")
                file.flush()
                context.load_cert_chain(file.name)
    except ssl.SSLError as error:
        raise ProviderError(f"The kubeconfig's certificates can't be used: {_why(error)}.") from error
    return context


def _pause(answer: urllib3.BaseHTTPResponse) -> float:
    asked: Any = answer.headers.get("Retry-After")
    return min(float(asked), 10.0) if asked and str(asked).isdigit() else _PAUSE_SECONDS


def _why(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
