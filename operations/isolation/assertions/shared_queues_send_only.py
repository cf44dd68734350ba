"""Queues that are shared on purpose are sent to, those that the profile names, and by no tenant worked off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Case
from stacks.blueprint.data import dead_name
from stacks.resources.identity.spec import IdentitySpec

ASSERTION = Assertion(
    id="shared-queues-send-only",
    numbers=(8,),
    claim="To the cell's queues that it is given a tenant sends, and takes, deletes and changes nothing there.",
    kind="identity",
    level=Level.LIVE,
    answers=("identity.SHARED_QUEUES_SEND_ONLY",),
    control="It sends a message, `written by tenant verify`, to each.",
    remedy="Put them back: the queue's by `tenant shared apply --refresh`, the role's by `tenant apply --refresh`.",
)
_RECEIPT: Final = "of-no-message"
_TRIED: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("ReceiveMessage", {"VisibilityTimeout": 0, "WaitTimeSeconds": 0}),
    ("DeleteMessage", {"ReceiptHandle": _RECEIPT}),
    ("ChangeMessageVisibility", {"ReceiptHandle": _RECEIPT, "VisibilityTimeout": 0}),
    ("SetQueueAttributes", {"Attributes": {}}),
    ("GetQueueAttributes", {"AttributeNames": ["Policy"]}),
)


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants that are given some."""
    return bool(a.blueprint.of(IdentitySpec).queues)


def check(case: Case) -> Report:
    """What is let through does no harm: a message is seen again at once, no attribute is named; no purge is tried."""
    urls = canaries.queues(case.a)
    return Report(
        tuple(canaries.sent(case.acting, name, url) for name, url in urls.items()),
        tuple(outcome for name, url in urls.items() for outcome in _taken(case, name, url)),
    )


def _taken(case: Case, name: str, url: str) -> Iterator[Outcome]:
    who = case.acting
    for operation, said in _TRIED:
        yield trying(f"{operation} of {name}", lambda o=operation, s=said: who.aws("sqs", o, QueueUrl=url, **s))
    yield canaries.sent(who, dead_name(name), dead_name(url))
