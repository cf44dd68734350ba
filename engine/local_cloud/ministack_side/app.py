"""Every request to MiniStack: does a fault meet it, is it dangerous, and is the change on disk before the answer."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from engine.local_cloud import hooks, link
from engine.local_cloud.faults import answers
from engine.local_cloud.faults.answers import Answer
from engine.local_cloud.faults.book import FaultBook
from engine.local_cloud.faults.model import ApiFault
from engine.local_cloud.faults.operations import Request
from engine.local_cloud.home import Home, Settings
from engine.local_cloud.ministack_side import caches as caching
from engine.local_cloud.ministack_side import tags, transport
from engine.local_cloud.ministack_side.caches import Caches
from engine.local_cloud.ministack_side.clusters import Clusters
from engine.local_cloud.ministack_side.state import NotSaved, State

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CONNECTION: contextvars.ContextVar[Any] = contextvars.ContextVar("connection")
_ONLY_ASK: contextvars.ContextVar[bool] = contextvars.ContextVar("only_ask", default=False)
_TOUCHED: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("touched", default=None)
_AUTHORISED = 299
_LETS_IN = "AssociateAccessPolicy"  # whoever deploys goes into the cluster as soon as this has answered
# S3 sub-resources that MiniStack does not know: a PUT of one would create the bucket, a DELETE would delete it
_UNKNOWN = re.compile(
    r"(^|&)(intelligent-tiering|metrics|analytics|inventory|abac|metadataTable|metadataConfiguration"
    r"|metadataInventoryTable|metadataJournalTable)(=|&|$)"
)
_SIGNING = re.compile(r"x-amz-|x-id$", re.IGNORECASE)


def dangerous(request: Request) -> bool:
    """Whether MiniStack would make or delete a bucket for what asks for something else of it."""
    if _UNKNOWN.search(request.query):
        return True
    # S3 has no DELETE of e.g. `versioning`: what is no operation of its own is not the bucket's either
    asked = parse_qsl(request.query, keep_blank_values=True)
    return request.operation() in ("CreateBucket", "DeleteBucket") and any(not _SIGNING.match(key) for key, _ in asked)


# the webhook of our own control planes, which have no AWS credentials: the path holds a secret
REVIEW = re.compile(r"/_ministack/eks-auth/\d{12}/[A-Za-z0-9-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_-]{16,}$")


class App:
    """The ASGI application in front of MiniStack's own."""

    def __init__(self, home: Home, settings: Settings, state: State, caches: Caches, clusters: Clusters) -> None:
        self._inner: Any = importlib.import_module("ministack.app")
        self._responses: Any = importlib.import_module("ministack.core.responses")
        self._settings, self._state, self._caches, self._clusters = settings, state, caches, clusters
        self._faults = FaultBook(home)
        self.behind = asyncio.Event()  # some service may have changed on behalf of another

    def install(self) -> None:
        """Hook every service's handler, to learn which ones a request reached."""
        handlers: dict[str, Any] = hooks.find(self._inner, "SERVICE_HANDLERS")
        for service in list(handlers):
            handlers[service] = self._noted(service, handlers[service])

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._inner.app(scope, receive, send)
        elif scope["type"] == "http":
            transport.SECURE.set(scope["scheme"] == "https")
            await self._serve(scope, receive, send)

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        linked = request.headers.get(link.HEADER) == self._settings.link
        if REVIEW.match(request.path):
            await _send(send, await _collect(self._inner.app, scope, request.body))
            return
        early = self._early(request, linked)
        if early:
            await _send(send, early)
            return
        asked = linked and link.ASK_ONLY in request.headers
        fault = None if asked else await asyncio.to_thread(self._take, request)
        if fault and fault.error:
            await _send(send, answers.error(request.service(), fault.error, fault.sentence()))
            return
        if fault and fault.hang:
            await asyncio.sleep(fault.hang)
        caching.CREATING.set(fault.creating if fault else 0.0)
        answer = await self._answer(scope, request, only_ask=asked)
        if fault and fault.lose_answer:
            CONNECTION.get().transport.abort()
            return
        await _send(send, answer)

    def _take(self, request: Request) -> ApiFault | None:
        return self._faults.take(request.service(), request.operation())

    def _early(self, request: Request, linked: bool) -> Answer | None:
        """What is answered without MiniStack."""
        if request.path.startswith(link.PREFIX):
            return self._tell(request) if linked else _empty(403)
        if request.path.startswith(("/_ministack/", "/_localstack/", "/_aws/")):
            return _empty(404)  # resets, configuration, mailboxes: not for clients
        if request.service() == "s3" and dangerous(request):
            sentence = "The local cloud does not have this sub-resource."
            return answers.error("s3", "NotImplemented", sentence, 501)
        if not request.only_reads() and not self._state.is_sound():
            why = "the emulator cannot save its state, so it changes nothing: see the log of ministack"
            return answers.error(request.service(), "InternalFailure", why, 500)
        return None

    async def _answer(self, scope: MutableMapping[str, Any], request: Request, *, only_ask: bool) -> Answer:
        """What MiniStack answers, once all of it is on disk."""
        touched: list[str] = []
        _ONLY_ASK.set(only_ask)
        _TOUCHED.set(touched)
        answer = await _collect(self._inner.app, scope, request.body)
        if only_ask or request.only_reads():
            return answer
        try:
            await asyncio.to_thread(self._finish, request, touched)
        except NotSaved as fault:
            return answers.error(request.service(), "InternalFailure", str(fault), 500)
        self.behind.set()
        return answer

    def _finish(self, request: Request, touched: list[str]) -> None:
        if request.service() == "elasticache":
            self._caches.converge()
        if request.operation() == _LETS_IN:
            self._clusters.converge()
        self._state.save(touched)

    def _noted(self, service: str, handler: Any) -> Any:
        async def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            if _ONLY_ASK.get():
                return _AUTHORISED, {"x-local-account": self._responses.get_account_id()}, b""
            touched = _TOUCHED.get()
            if touched is not None and service not in touched:
                touched.append(service)
            return await handler(method, path, headers, body, query)

        return answer

    def _tell(self, request: Request) -> Answer:
        """What only this emulator knows, for the other one and for LocalCloud."""
        what, *rest = link.parts(request.path)
        found: Any = None
        match what:
            case "caches":
                found = self._caches.servers()
            case "clusters":
                found = self._clusters.servers()
            case "tags":
                found = tags.every(*rest)
            case _:
                pass
        return Answer(200, (("Content-Type", "application/json"),), json.dumps(found).encode())


async def _read(scope: MutableMapping[str, Any], receive: Receive) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = bool(message.get("more_body"))
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    return Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers, b"".join(chunks))


async def _collect(app: Any, scope: MutableMapping[str, Any], body: bytes) -> Answer:
    """The app's whole answer."""
    first: dict[str, Any] = {}
    chunks: list[bytes] = []
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    gone = asyncio.Event()

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            first.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    gone.set()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in first.get("headers", ()))
    return Answer(int(first["status"]), headers, b"".join(chunks))


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _empty(status: int) -> Answer:
    return Answer(status, (("Content-Length", "0"),), b"")
