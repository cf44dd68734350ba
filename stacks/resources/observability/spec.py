"""A tenant's logs and alarms: a log group under its own key, alarms on its data services, a dashboard of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.blueprint.alarms import AlarmSpec
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension

_LEFT_BYTES: Final = float(5 * 1024**3)
"""What is left of a disk when its alarm sounds: RDS itself grows none of ours."""
_FIRST_MEMBER: Final = "-001"
"""How ElastiCache calls the first node of a replication group, after the group."""


@dataclass(frozen=True, slots=True)
class ObservabilitySpec:
    """The log group of the tenant's workloads and the days that it keeps; its alarms, and the dashboard's name."""

    isolation: Isolation
    log_group: str
    retention_days: int
    alarms: tuple[AlarmSpec, ...]
    dashboard: str


def resolve(ask: Ask) -> ObservabilitySpec:
    """Retention is the tier's; alarms are the same for all sizes."""
    return ObservabilitySpec(
        Isolation.SILO,
        ask.names.log_group("workload"),
        ask.tier.retention.logs,
        tuple(_alarms(ask)),
        ask.names.of("dashboard"),
    )


def _alarms(ask: Ask) -> Iterator[AlarmSpec]:
    database, cache = ask.names.of("database"), ask.names.of("cache") + _FIRST_MEMBER
    rds, redis = ("AWS/RDS", "DBInstanceIdentifier", database), ("AWS/ElastiCache", "CacheClusterId", cache)
    for role, why, (namespace, dimension, of), metric, above, threshold in (
        ("database-cpu", "the database has little CPU left", rds, "CPUUtilization", True, 85.0),
        ("database-disk", "the database's disk is nearly full", rds, "FreeStorageSpace", False, _LEFT_BYTES),
        ("cache-cpu", "the cache has little CPU left", redis, "EngineCPUUtilization", True, 85.0),
        ("cache-memory", "the cache is nearly full", redis, "DatabaseMemoryUsagePercentage", True, 85.0),
    ):
        yield AlarmSpec(role, why, namespace, metric, dimension, of, above, threshold)


def prices(spec: ObservabilitySpec) -> Iterator[PriceDimension]:
    """Alarms and a dashboard by the month; logs by use."""
    yield PriceDimension("cloudwatch.alarm", "alarm-month", len(spec.alarms))
    yield PriceDimension("cloudwatch.dashboard", "dashboard-month", 1)
    yield PriceDimension("cloudwatch.logs.ingest", "GB", None)
    yield PriceDimension("cloudwatch.logs.archive", "GB-month", None)


def claims(spec: ObservabilitySpec) -> Iterator[Claim]:
    """Nobody else reads them."""
    yield Claim("NEIGHBOURS_CANNOT_READ_LOGS", "OWN_ROLE_WRITES_LOGS")


KIND = Kind("observability", "Observability", ObservabilitySpec, SILO_ONLY, resolve, prices, claims)
