"""Which operation a request asks for, from its form alone, as AWS's own front ends tell them apart."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from engine.local_cloud import routing
from engine.local_cloud.faults import shapes

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[\w-]+/([\w.-]+)/")
_READS = ("Describe", "List", "Get", "Head", "Search", "Simulate", "Batch", "Select", "Filter", "Query", "Scan")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. Header names are in lower case; the path is as sent, without its query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def service(self) -> str:
        """botocore's name of the service it was signed for, empty where it is not signed."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        if not found:
            scope = dict(parse_qsl(self.query)).get("X-Amz-Credential", "").split("/")
            return routing.service_of(scope[3]) if len(scope) == 5 else ""
        name = routing.service_of(found[1])
        return "s3control" if name == "s3" and "x-amz-account-id" in self.headers else name

    def operation(self) -> str:
        """botocore's name of the operation, empty where it cannot be told."""
        if target := self.headers.get("x-amz-target", ""):
            return target.rsplit(".", 1)[-1]
        if cbor := re.search(r"/operation/(\w+)$", self.path):
            return cbor[1]
        for source in (self.query, self.body.decode("latin-1") if _is_form(self) else ""):
            if action := re.search(r"(?:^|&)Action=(\w+)", source):
                return action[1]
        return _rest_operation(self)

    def only_reads(self) -> bool:
        """Whether nothing changes by it; a request that cannot be told may change something."""
        return self.operation().startswith(_READS)


def _is_form(request: Request) -> bool:
    return "x-www-form-urlencoded" in request.headers.get("content-type", "")


def _rest_operation(request: Request) -> str:
    service = request.service()
    if service not in routing.BY_NAME:
        return ""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    matching = [
        route
        for route in _routes(service)
        if route.method == request.method and route.pattern.fullmatch(request.path) and route.fits(query, request)
    ]
    return max(matching, key=lambda route: route.weight).operation if matching else ""


@dataclass(frozen=True, slots=True)
class _Route:
    operation: str
    method: str
    pattern: re.Pattern[str]
    query: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]  # required query parameters and headers
    weight: int

    def fits(self, query: Mapping[str, str], request: Request) -> bool:
        known = {name.lower() for name in (*query, *request.headers)}
        literal = all(query.get(name, None) == value or (not value and name in query) for name, value in self.query)
        return literal and known.issuperset(self.needs)


@functools.cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = shapes.service(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names if _is_rest(model))


def _is_rest(model: Any) -> bool:
    return str(model.protocol).startswith("rest-")


def _route(operation: Any) -> _Route:
    path, _, literal = str(operation.http["requestUri"]).partition("?")
    members: dict[str, Any] = operation.input_shape.members if operation.input_shape else {}
    required: list[str] = operation.input_shape.required_members if operation.input_shape else []
    needs = tuple(
        str(members[name].serialization.get("name", name)).lower()
        for name in required
        if members[name].serialization.get("location") in ("querystring", "header")
    )
    query = tuple(parse_qsl(literal, keep_blank_values=True))
    labels = re.sub(r"\\\{\w+\\\+\\\}", ".+", re.escape(path))
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", labels)
    depth = path.count("/") if path != "/" else 0
    return _Route(
        operation.name,
        operation.http["method"],
        re.compile(pattern + "/?"),
        query,
        needs,
        weight=100 * len(query) + 10 * len(needs) + depth,
    )
