"""Locks on objects in S3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from operations.adapters import failures

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess


@dataclass(frozen=True, slots=True)
class CloudLocks:
    """Locks in the cloud; `access` is asked for each time, since a local cloud may have been restarted."""

    access: Callable[[], AwsAccess]

    def until(self, bucket: str, region: str) -> datetime | None:
        """When the last lock of its objects ends; None where there is none. Raises CloudFailed."""
        from engine.providers.aws import locks

        with failures.told(f"Locks of {bucket} could not be looked at."):
            return locks.until(self.access(), region, bucket)
