"""Every request to moto: may the caller do it, does a fault meet it, and is the change on disk before the answer."""

from __future__ import annotations

import contextlib
import http.client
import importlib
import io
import json
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from engine.local_cloud import link
from engine.local_cloud.faults import answers
from engine.local_cloud.faults.answers import Answer
from engine.local_cloud.faults.book import FaultBook
from engine.local_cloud.faults.operations import Request
from engine.local_cloud.moto_side import launch_templates, scaling, tagging
from engine.local_cloud.moto_side.databases import Databases
from engine.local_cloud.moto_side.side import Side
from engine.local_cloud.moto_side.state import NotSaved, State

_backends: Any = importlib.import_module("moto.backends")
_tagging: Any = importlib.import_module("moto.core.resource_tagging")
_PATIENCE_SECONDS = 20  # while MiniStack is being restarted
_AUTHORISED = 299  # what MiniStack answers where the call is allowed

Start = Callable[..., Any]


class App:
    """The WSGI application in front of moto's own."""

    def __init__(self, side: Side, inner: Callable[..., Iterable[bytes]], state: State, databases: Databases) -> None:
        self._side, self._inner, self._state, self._databases = side, inner, state, databases
        self._faults = FaultBook(side.home)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Serve one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        request = _request(environ, body)
        if request.path.startswith(link.PREFIX):
            return _send(start, self._tell(request))
        if request.path.startswith("/moto-api"):
            return _send(start, Answer(404, (("Content-Length", "0"),), b""))  # resets and seeds: not for clients
        refused = self._refusal(environ, request)
        if refused:
            return _send(start, refused)
        fault = self._faults.take(request.service(), request.operation())
        if fault and fault.error:
            return _send(start, answers.error(request.service(), fault.error, fault.sentence()))
        if fault and fault.hang:
            time.sleep(fault.hang)
        self._side.call.creating = fault.creating if fault else 0.0
        answer = self._serve(environ, request)
        if fault and fault.lose_answer:
            _hang_up(environ)
        return _send(start, answer)

    def _refusal(self, environ: dict[str, Any], request: Request) -> Answer | None:
        """Who is it, and may they: MiniStack holds IAM, so the same signed request is shown to it first."""
        limit = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                status, kind, account, body = self._show(environ, request)
                break
            except (OSError, http.client.HTTPException):
                if time.monotonic() > limit:
                    why = "the emulator that holds IAM does not answer: tenant local status"
                    return answers.error(request.service(), "ServiceUnavailable", why, 503)
                time.sleep(0.2)
        if status != _AUTHORISED:
            return Answer(status, (("Content-Type", kind), ("Content-Length", str(len(body)))), body)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if not request.only_reads() and not self._state.is_sound():
            why = "the emulator cannot save its state, so it changes nothing: see the log of moto"
            return answers.error(request.service(), "InternalFailure", why, 500)
        return None

    def _show(self, environ: dict[str, Any], request: Request) -> tuple[int, str, str, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self._side.settings.ministack_plain).netloc, timeout=30)
        try:
            connection.putrequest(request.method, environ["RAW_URI"], skip_host=True, skip_accept_encoding=True)
            ours = ("content-length", link.ASK_ONLY, link.HEADER)
            for name, value in request.headers.items():
                if name not in ours:
                    connection.putheader(name, value)
            connection.putheader("content-length", str(len(request.body)))
            connection.putheader(link.HEADER, self._side.settings.link)
            connection.putheader(link.ASK_ONLY, "1")
            connection.endheaders(request.body)
            answer = connection.getresponse()
            kind = answer.getheader("content-type", "text/xml")
            return answer.status, kind, answer.getheader("x-local-account", ""), answer.read()
        finally:
            connection.close()

    def _serve(self, environ: dict[str, Any], request: Request) -> Answer:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            said.append((status, headers))

        try:
            body = b"".join(self._inner(environ, remember))
            if not request.only_reads():
                self._state.save()
        except NotSaved as fault:
            return answers.error(request.service(), "InternalFailure", str(fault), 500)
        except OSError as fault:  # out of a WSGI app, werkzeug would take it for a client that went away
            return answers.error(request.service(), "InternalFailure", f"{type(fault).__name__}: {fault}", 500)
        status, headers = said[-1]
        if status.startswith("500") and body.startswith(b"<!doctype html"):
            why = f"the emulator failed in {request.operation()}: see the log of moto"
            return answers.error(request.service(), "InternalFailure", why, 500)
        return Answer(int(status.split()[0]), tuple(headers), body)

    def _tell(self, request: Request) -> Answer:
        """What only this emulator knows, for the other one and for LocalCloud."""
        if request.headers.get(link.HEADER) != self._side.settings.link:
            return Answer(403, (("Content-Length", "0"),), b"")
        what, *rest = link.parts(request.path)
        found: Any = None
        match what:
            case "databases":
                found = self._databases.logins()
            case "instance-type":
                found = _instance_type(*rest)
            case "subnets":
                found = _subnets(*rest)
            case "tags":
                found = _tags(*rest)
            case "launch-template":
                found = launch_templates.find(*rest)
            case "scaling-groups":
                return self._scale(json.loads(request.body))
            case _:
                pass
        body = json.dumps(found).encode()
        return Answer(200, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)

    def _scale(self, groups: list[dict[str, Any]]) -> Answer:
        try:
            if scaling.make_so(groups):
                self._state.save()
        except NotSaved as fault:
            return Answer(500, (("Content-Length", str(len(str(fault).encode()))),), str(fault).encode())
        return Answer(200, (("Content-Type", "application/json"), ("Content-Length", "4")), b"null")


def _request(environ: dict[str, Any], body: bytes) -> Request:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    path, _, query = environ["RAW_URI"].partition("?")
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def _send(start: Start, answer: Answer) -> Iterable[bytes]:
    start(f"{answer.status} {http.client.responses.get(answer.status, 'Refused')}", list(answer.headers))
    return [answer.body]


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the connection without an answer. Raises the error that werkzeug takes for a client that went away."""
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the answer is lost because a fault is in force")


def _subnets(account: str, region: str, *identifiers: str) -> list[tuple[str, str, str]]:
    """Id, zone and VPC of those subnets that exist."""
    zones = _backends.get_backend("ec2")[account][region].subnets.values()
    known: dict[str, Any] = {name: subnet for zone in zones for name, subnet in zone.items()}
    found = [known[name] for name in identifiers if name in known]
    return [(subnet.id, subnet.availability_zone, subnet.vpc_id) for subnet in found]


def _instance_type(name: str) -> dict[str, str] | None:
    """What pods can have of an instance of this type, as a Kubernetes node counts it; None where it is not known."""
    found: Any = importlib.import_module("moto.ec2.models.instance_types").INSTANCE_TYPES.get(name)
    if not found:
        return None
    gpus = sum(int(each["Count"]) for each in found.get("GpuInfo", {}).get("Gpus", ()))
    size = {"cpu": str(found["VCpuInfo"]["DefaultVCpus"]), "memory": f"{found['MemoryInfo']['SizeInMiB']}Mi"}
    return size | ({"nvidia.com/gpu": str(gpus)} if gpus else {})


def _tags(account: str, region: str, arn: str) -> Any:
    """The tags of a resource, None where it has none here."""
    for backend in _tagging.iter_taggable_backends(account, region):
        for resource in backend.iter_tagged_resources():
            if resource.arn == arn:
                return resource.tags
    if ":route53:" in arn:
        return tagging.of_zone(account, arn)
    return next((tags for known, tags in tagging.unlisted(account, region) if known == arn), None)
