"""A tenant's logs: a log group of its own, under its own key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class ObservabilitySpec:
    """The log group of the tenant's workloads, and the days that it keeps."""

    isolation: Isolation
    log_group: str
    retention_days: int


def resolve(ask: Ask) -> ObservabilitySpec:
    """Retention is the tier's."""
    return ObservabilitySpec(Isolation.SILO, ask.names.log_group("workload"), ask.tier.retention.logs)


def prices(spec: ObservabilitySpec) -> Iterator[PriceDimension]:
    """Both by use."""
    yield PriceDimension("cloudwatch.logs.ingest", "GB", None)
    yield PriceDimension("cloudwatch.logs.archive", "GB-month", None)


def claims(spec: ObservabilitySpec) -> Iterator[Claim]:
    """Nobody else reads them."""
    yield Claim("NEIGHBOURS_CANNOT_READ_LOGS", "OWN_ROLE_WRITES_LOGS")


KIND = Kind("observability", "Observability", ObservabilitySpec, SILO_ONLY, resolve, prices, claims)
