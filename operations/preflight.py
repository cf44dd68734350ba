"""Before anything is sent: does the account hold it? A run that hits a quota halfway leaves half a tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from operations import quotas
from operations.bundle import Bundle
from operations.quotas import Shortfall
from stacks.errors import Refused
from stacks.inputs.environment import Target
from stacks.resources.quotas import EVERYWHERE, Demand


def check(
    bundle: Bundle, subject: str, region: str, demands: Iterable[Demand], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Raise Refused, with the numbers and what to ask AWS for, where a quota does not hold what is needed.

    `rows` is the stack's state: only what it does not have yet is asked for, and only of those quotas the cloud is
    asked. Raises CloudFailed.
    """
    more = quotas.needed(demands, rows)
    if not more:
        return
    short = quotas.shortfalls(more, bundle.quotas.standing(region, tuple(more)))
    if short:
        raise Refused(
            f"{subject}: the account's quotas do not hold it; nothing was sent.",
            where=f"account {bundle.environment.account}, {region}",
            why="\n".join(f"{each}." for each in short),
            next=_next(bundle, region, short),
        )


def _next(bundle: Bundle, region: str, short: Sequence[Shortfall]) -> str:
    if bundle.environment.target is Target.LOCAL:
        return "The local cloud is held to AWS's defaults: destroy a tenant that is not needed, or ask for less."
    return "Ask for more:\n" + "\n".join(_request(region, each) for each in short)


def _request(region: str, short: Shortfall) -> str:
    quota = short.quota
    return (
        f"`aws service-quotas request-service-quota-increase --service-code {quota.service} --quota-code {quota.code}"
        f" --desired-value {short.ask_for} --region {EVERYWHERE if quota.whole else region}`"
    )
