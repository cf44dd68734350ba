"""Requests to AWS on behalf of one row: fenced, retried where that is safe, with errors as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from engine.providers import waits
from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.faults import Answer, CloudRefused, send
from engine.providers.port import AnswerLost, Call

_THROTTLED_SECONDS: Final = 60.0
_PROPAGATION_SECONDS: Final = 20.0
_END: Final[Answer] = {}


@dataclass(frozen=True, slots=True)
class Api:
    """One region of one account, in one call of the engine."""

    access: AwsAccess
    region: str
    call: Call = field(default_factory=Call)
    clock: waits.Clock = waits.REAL
    accepted: list[str] = field(default_factory=list[str], compare=False)
    """Operations that changed something in this call: after the first, a failure is not nothing."""

    def read(self, service: str, operation: str, **parameters: Any) -> Answer:
        """Ask. Raises CloudRefused and CloudSilent."""
        client = self.access.client(service, self.region)
        return send(service, operation, lambda: _method(client, operation)(**parameters), changes=False)

    def seek(self, service: str, operation: str, **parameters: Any) -> Answer | None:
        """Ask for a thing that may not be there: None where the cloud says it does not exist."""
        try:
            return self.read(service, operation, **parameters)
        except CloudRefused as refused:
            if refused.not_found:
                return None
            raise

    def pages(self, service: str, operation: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Every element of `member` over all pages of a listing."""
        client = self.access.client(service, self.region)
        if not client.can_paginate(_snake(operation)):
            yield from shapes.listed(self.read(service, operation, **parameters), member)
            return
        pages = iter(cast("Iterable[Answer]", client.get_paginator(_snake(operation)).paginate(**parameters)))
        while True:
            page = send(service, operation, lambda: next(pages, _END), changes=False)
            if not page:
                return
            yield from shapes.listed(page, member)

    def write(self, service: str, operation: str, **parameters: Any) -> Answer:
        """Change something that may be said twice without harm (put, modify, tag, delete)."""
        return self._change(service, operation, parameters, attempts=3)

    def create(self, service: str, operation: str, **parameters: Any) -> Answer:
        """Make something; sent once, because a second send after a lost answer would make two of it."""
        return self._change(service, operation, parameters, attempts=1)

    def remove(self, service: str, operation: str, **parameters: Any) -> None:
        """Delete; what is gone already is no error."""
        try:
            self.write(service, operation, **parameters)
        except CloudRefused as refused:
            if not refused.not_found:
                raise

    def until(self, probe: Callable[[], Any], *, limit: float, awaited: str) -> Any:
        """`waits.until` with this call's limits."""
        return waits.until(probe, limit=limit, call=self.call, awaited=awaited, clock=self.clock)

    def _change(self, service: str, operation: str, parameters: Mapping[str, Any], *, attempts: int) -> Answer:
        client = self.access.client(service, self.region, attempts=attempts)
        start = self.clock.now()
        for pause in waits.pauses():
            self.call.fence()
            try:
                answer = send(service, operation, lambda: _method(client, operation)(**parameters), changes=True)
            except CloudRefused as refused:
                limit = 0.0 if refused.unavailable and attempts == 1 else _patience(refused)
                if limit == 0 or self.clock.now() - start > limit or self.call.stopping():
                    if refused.unavailable:
                        raise AnswerLost(f"{refused}; it may have been accepted.") from refused
                    raise
                self.clock.sleep(pause)
            else:
                if not answer.get("Unsuccessful"):  # EC2's operations on several things answer 200 to a refusal
                    self.accepted.append(operation)
                return answer
        raise AssertionError("pauses never end")


def _patience(refused: CloudRefused) -> float:
    """For how many seconds a refusal of this kind is worth another try of what may be said twice."""
    if refused.throttled or refused.unavailable:
        return _THROTTLED_SECONDS
    return _PROPAGATION_SECONDS if refused.young_principal else 0.0


def _method(client: Any, operation: str) -> Callable[..., Any]:
    return cast("Callable[..., Any]", getattr(client, _snake(operation)))


def _snake(operation: str) -> str:
    """botocore's method name: `DescribeDBInstances` is `describe_db_instances`."""
    import botocore

    return str(cast("Any", botocore).xform_name(operation))
