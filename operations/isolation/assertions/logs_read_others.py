"""What a tenant's programs say is for the tenant."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, trying
from operations.isolation.ports import Acting, Case

ASSERTION = Assertion(
    id="logs-read-others",
    numbers=(89,),
    claim="No tenant reads another one's logs, or lists their streams.",
    kind="observability",
    level=Level.LIVE,
    pairwise=True,
    answers=("observability.NEIGHBOURS_CANNOT_READ_LOGS",),
    control="Both list the streams of their own log group.",
    remedy="Look at what A's role may do: `tenant drift` shows it; `tenant apply` mends it.",
)


def check(case: Case) -> Report:
    """Streams and events of B's log group."""
    a, b, who = case.a, case.b, case.acting
    mine, theirs = a.said("logGroup"), b.said("logGroup")

    def streams(acting: Acting, group: str) -> None:
        acting.aws("logs", "DescribeLogStreams", logGroupName=group)

    return Report(
        (
            trying(f"{a.tenant} lists its own streams", lambda: streams(who, mine)),
            trying(f"{b.tenant} lists its own streams", lambda: streams(case.neighbour, theirs)),
        ),
        (
            trying(f"DescribeLogStreams of {theirs}", lambda: streams(who, theirs)),
            trying(f"FilterLogEvents of {theirs}", lambda: who.aws("logs", "FilterLogEvents", logGroupName=theirs)),
        ),
    )
