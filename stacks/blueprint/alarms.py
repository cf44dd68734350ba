"""What an alarm says, for tenants and for cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

_LEFT_BYTES: Final = float(5 * 1024**3)
"""What is left of a disk when its alarm sounds: RDS itself grows none of ours."""
_DAY: Final = 86_400
_FIRST_MEMBER: Final = "-001"
"""How ElastiCache calls the first node of a replication group, after the group."""


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    """Sounds when a metric of one thing is beyond the threshold for so many periods in a row, of so many seconds each.

    `also` are dimensions beside the one that names the thing.
    """

    role: str
    why: str
    namespace: str
    metric: str
    dimension: str
    of: str
    above: bool
    threshold: float
    statistic: str = "Average"
    also: tuple[tuple[str, str], ...] = ()
    seconds: int = 300
    periods: int = 3


def of_database(role: str, identifier: str) -> Iterator[AlarmSpec]:
    """Those of an RDS instance; `role` is what their names begin with."""
    alarm = partial(AlarmSpec, namespace="AWS/RDS", dimension="DBInstanceIdentifier", of=identifier)
    why = f"the {_told(role)} has little CPU left"
    yield alarm(f"{role}-cpu", why, metric="CPUUtilization", above=True, threshold=85.0)
    why = f"the {_told(role)}'s disk is nearly full"
    yield alarm(f"{role}-disk", why, metric="FreeStorageSpace", above=False, threshold=_LEFT_BYTES)


def of_cache(role: str, group: str) -> Iterator[AlarmSpec]:
    """Those of an ElastiCache group's first node."""
    alarm = partial(AlarmSpec, namespace="AWS/ElastiCache", dimension="CacheClusterId", of=group + _FIRST_MEMBER)
    why = f"the {_told(role)} has little CPU left"
    yield alarm(f"{role}-cpu", why, metric="EngineCPUUtilization", above=True, threshold=85.0)
    why = f"the {_told(role)} is nearly full"
    yield alarm(f"{role}-memory", why, metric="DatabaseMemoryUsagePercentage", above=True, threshold=85.0)


def of_bucket(role: str, bucket: str, most_gb: int) -> Iterator[AlarmSpec]:
    """That of a bucket that holds more than it should: S3 tells sizes once a day (S3 UserGuide, metrics-dimensions)."""
    yield AlarmSpec(
        role=role,
        why=f"its {_told(role)} hold more than its quota of {most_gb} GB",
        namespace="AWS/S3",
        metric="BucketSizeBytes",
        dimension="BucketName",
        of=bucket,
        above=True,
        threshold=float(most_gb * 1024**3),
        also=(("StorageType", "StandardStorage"),),
        seconds=_DAY,
        periods=1,
    )


def metrics_of(org: str, environment: str) -> str:
    """The CloudWatch namespace of what is measured of tenants and AWS itself tells of none."""
    return f"{org}/{environment}/tenants"


FOLDER_METRIC: Final = "ObjectBytes"
FOLDER_DIMENSION: Final = "Slug"


def of_folder(role: str, namespace: str, slug: str, most_gb: int) -> Iterator[AlarmSpec]:
    """That of a tenant's part of buckets that it shares: S3 tells sizes of buckets only, so it is measured."""
    yield AlarmSpec(
        role=role,
        why=f"its {_told(role)} hold more than its quota of {most_gb} GB",
        namespace=namespace,
        metric=FOLDER_METRIC,
        dimension=FOLDER_DIMENSION,
        of=slug,
        above=True,
        threshold=float(most_gb * 1024**3),
        statistic="Maximum",
        seconds=_DAY,
        periods=1,
    )


def _told(role: str) -> str:
    return role.replace("-", " ")
