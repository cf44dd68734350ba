"""A provider whose every call is noted, and held against what is derived from the row that makes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import pytest

from engine.providers.aws import AwsAccess, calls
from engine.providers.aws.faults import Answer
from engine.providers.aws.permissions import needs, reach
from engine.providers.aws.permissions.actions import Called
from engine.providers.aws.provider import ConfiguredAws
from engine.providers.aws.rows import ROWS
from engine.providers.port import Call, Created, Found, Props, Resource

_AT: ContextVar[str] = ContextVar("at", default="")
SEEN: dict[str, set[Called]] = defaultdict(set)
"""What rows of each type have called in this process."""


class Watched(ConfiguredAws):
    """Fails where a row calls what it was not known to call."""

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        with by(resource.type):
            return super().create(resource, inputs, call)

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        with by(resource.type):
            return super().read(resource, id, inputs, outputs)

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        with by(resource.type):
            return super().update(resource, id, old_inputs, old_outputs, news, call)

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        with by(resource.type):
            super().delete(resource, id, inputs, outputs, call)

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        with by(resource.type):
            return super().find(resource, inputs, known)


def watched(access: AwsAccess, region: str) -> Watched:
    return Watched(access, region)


@contextmanager
def watching() -> Generator[None]:
    """Note every request of rows from here on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "send", _noting(calls.send))
        yield


def _noting(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def send(service: str, operation: str, request: Callable[[], Any], *, changes: bool) -> Answer:
        if type := _AT.get():
            called = Called(service, operation)
            SEEN[type].add(called)
            assert called in _known(type), f"{type} calls {service} {operation}, which is not read off it"
        return original(service, operation, request, changes=changes)

    return send


@cache
def _known(type: str) -> frozenset[Called]:
    return reach.of(*needs.PARTS[type]) if type in needs.PARTS else reach.of(ROWS[type])


@contextmanager
def by(type: str) -> Generator[None]:
    """What is called from here on is called by rows of this type, or by this part of the tool."""
    token = _AT.set(type)
    try:
        yield
    finally:
        _AT.reset(token)
