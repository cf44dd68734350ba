"""A queue that another tenant is given, and this one is not, is not sent to."""

from __future__ import annotations

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Party, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="shared-queues-others",
    numbers=(8,),
    claim="No tenant sends to a queue of the cell that its profile does not name.",
    kind="identity",
    level=Level.LIVE,
    pairwise=True,
    answers=("identity.SHARED_QUEUES_SEND_ONLY",),
    control="B, whose profile names it, sends a message there, `written by tenant verify`.",
    remedy="Put A's role back: `tenant apply --refresh`.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where B is given one that A is not."""
    return b is not None and bool(_given(b, a))


def check(case: Case) -> Report:
    """As B, then as A."""
    urls = _given(case.b, case.a)
    return Report(
        tuple(canaries.sent(case.neighbour, name, url) for name, url in urls.items()),
        tuple(canaries.sent(case.acting, name, url) for name, url in urls.items()),
    )


def _given(one: Party, other: Party) -> dict[str, str]:
    """Queues of one that are not the other's, by their URLs."""
    taken = set(canaries.queues(other).values())
    return {name: url for name, url in canaries.queues(one).items() if url not in taken}
