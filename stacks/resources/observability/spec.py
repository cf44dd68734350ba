"""A tenant's logs and alarms: a log group under its own key or the cell's, alarms on data services of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import alarms
from stacks.blueprint.alarms import AlarmSpec
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_BRIDGE, Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class ObservabilitySpec:
    """The log group of the tenant's workloads and the days that it keeps; its alarms, and the dashboard's name.

    Without a service of its own there is no dashboard: the cell's tells.
    """

    isolation: Isolation
    log_group: str
    retention_days: int
    alarms: tuple[AlarmSpec, ...]
    dashboard: str


def resolve(ask: Ask) -> ObservabilitySpec:
    """Retention is the tier's; alarms are the same for all sizes."""
    return ObservabilitySpec(
        ask.tier.of("observability"),
        ask.names.log_group("workload"),
        ask.tier.retention.logs,
        (*(own := tuple(_of_own(ask))), *_of_shared(ask)),
        ask.names.of("dashboard") if own else "",
    )


def _of_own(ask: Ask) -> Iterator[AlarmSpec]:
    database, cache = ask.names.of("database"), ask.names.of("cache")
    if ask.tier.of("database") is Isolation.SILO:
        yield from alarms.of_database("database", database)
    if ask.tier.of("cache") is Isolation.SILO:
        yield from alarms.of_cache("cache", cache)
    if ask.tier.of("object_store") is Isolation.SILO:
        yield from alarms.of_bucket("objects", ask.names.of("data"), ask.quota("storage_gb"))


def _of_shared(ask: Ask) -> Iterator[AlarmSpec]:
    if ask.tier.of("object_store") is not Isolation.SILO:
        namespace = alarms.metrics_of(ask.names.org, ask.names.environment)
        yield from alarms.of_folder("objects", namespace, ask.facts.slug, ask.quota("storage_gb"))


def prices(spec: ObservabilitySpec) -> Iterator[PriceDimension]:
    """Alarms and a dashboard by the month; logs by use."""
    if spec.alarms:
        yield PriceDimension("cloudwatch.alarm", "alarm-month", len(spec.alarms))
    if spec.dashboard:
        yield PriceDimension("cloudwatch.dashboard", "dashboard-month", 1)
    if measured := sum(alarm.metric == alarms.FOLDER_METRIC for alarm in spec.alarms):
        yield PriceDimension("cloudwatch.metric.custom", "metric-month", measured)
    yield PriceDimension("cloudwatch.logs.ingest", "GB", None)
    yield PriceDimension("cloudwatch.logs.archive", "GB-month", None)


def claims(spec: ObservabilitySpec) -> Iterator[Claim]:
    """Nobody else reads them."""
    yield Claim("NEIGHBOURS_CANNOT_READ_LOGS", "OWN_ROLE_WRITES_LOGS")


KIND = Kind("observability", "Observability", ObservabilitySpec, SILO_OR_BRIDGE, resolve, prices, claims)
