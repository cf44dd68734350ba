"""By no request, whatever is in it, does a tenant take from a queue that all send to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from operations.isolation import canaries, proving
from operations.isolation.assertions import shared_queues_send_only
from operations.isolation.model import Assertion, Level, Outcome, Report
from operations.isolation.ports import Case
from stacks.blueprint.data import dead_name

ASSERTION = Assertion(
    id="proof-queues-send-only",
    numbers=(1, 2),
    claim="No request exists by which a role takes from, empties or changes a queue of the cell, or sends elsewhere.",
    kind="identity",
    level=Level.PROOF,
    answers=("identity.SHARED_QUEUES_SEND_ONLY",),
    control="A request exists by which it sends to a queue that it is given.",
    remedy="Look at the policy that is named as letting it through: `tenant shared apply --refresh` puts it back.",
)
OTHER: Final = "tenant-verify-not-given"
"""The end of a queue's name that no profile knows."""
_WORK: Final = (
    "sqs:AddPermission",
    "sqs:Change*",
    "sqs:Delete*",
    "sqs:Get*",
    "sqs:List*",
    "sqs:Purge*",
    "sqs:Receive*",
    "sqs:Remove*",
    "sqs:Set*",
    "sqs:*MessageMoveTask*",
    "sqs:*TagQueue",
)

applies = shared_queues_send_only.applies


def check(case: Case) -> Report:
    """Over each queue that it is given, the dead ones beside it, and one that no profile names."""
    return Report(tuple(_sending(case)), tuple(_everything_else(case)))


def _sending(case: Case) -> Iterator[Outcome]:
    who = proving.role(case, case.a)
    for name, url in canaries.queues(case.a).items():
        yield proving.asked(f"sending to {name}", who, ("sqs:SendMessage",), [proving.queue(case, case.a, url)])


def _everything_else(case: Case) -> Iterator[Outcome]:
    who, queues = proving.role(case, case.a), canaries.queues(case.a)
    for name, url in queues.items():
        dead = proving.queue(case, case.a, dead_name(url))
        yield proving.asked(f"anything but sending to {name}", who, _WORK, [proving.queue(case, case.a, url)])
        yield proving.asked(f"dead messages of {name}", who, ("sqs:SendMessage", *_WORK), [dead])
    for url in islice(queues.values(), 1):
        other = proving.queue_without_policy(case.a, f"{url}-{OTHER}")
        yield proving.asked("another queue", who, ("sqs:SendMessage", *_WORK), [other])
