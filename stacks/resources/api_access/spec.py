"""A tenant's way into the application's API: a key of its own, and a usage plan that counts the requests with it.

The API is one that the platform team made; what is ours is the plan, the key, and that the one is in the other. A plan
counts by key, so one with a single key counts a tenant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.resources import quotas
from stacks.resources.kind import Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import Demand


@dataclass(frozen=True, slots=True)
class ApiAccessSpec:
    """The REST API's id and stage, empty where the region has none; names of plan and key; requests a UTC day."""

    isolation: Isolation
    api: str
    stage: str
    name: str
    calls_daily: int

    @property
    def open(self) -> bool:
        """Whether it gets a plan and a key: a quota of 0 is held by there being none."""
        return bool(self.api and self.calls_daily)


def resolve(ask: Ask) -> ApiAccessSpec:
    """Access to the region's API, where it has one."""
    isolation, api = ask.tier.of("api_access"), ask.api
    if api is None:
        return ApiAccessSpec(isolation, "", "", "", 0)
    return ApiAccessSpec(isolation, api.rest_api, api.stage, ask.names.of("api"), ask.quota("api_calls_daily"))


def prices(spec: ApiAccessSpec) -> Iterator[PriceDimension]:
    """Plans and keys cost nothing; requests are billed to whoever has the API."""
    yield from ()


def demands(spec: ApiAccessSpec) -> Iterator[Demand]:
    """One usage plan."""
    if spec.open:
        yield Demand(quotas.USAGE_PLANS, 1)


def claims(spec: ApiAccessSpec) -> Iterator[Claim]:
    """What it calls is counted for it and for nobody else, as often as its quota says; nobody else knows its key."""
    yield Claim("API_KEY_IN_NO_OTHER_PLAN", "OWN_PLAN_HAS_OWN_KEY")
    if spec.open:
        yield Claim("CALLS_HELD_TO_QUOTA", "OWN_PLAN_HAS_OWN_KEY")
    if spec.api:
        yield Claim("API_KEYS_OF_OTHERS_UNREADABLE", "OWN_ROLE_READS_SECRETS")


KIND = Kind(
    "api_access",
    "API access",
    ApiAccessSpec,
    frozenset({Isolation.BRIDGE}),
    resolve,
    prices,
    claims,
    demands=demands,
)
