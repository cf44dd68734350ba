"""Final snapshots in RDS and ElastiCache, found by the start of their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.adapters import failures

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess


@dataclass(frozen=True, slots=True)
class CloudSnapshots:
    """Snapshots in the cloud; `access` is asked for each time, since a local cloud may have been restarted."""

    access: Callable[[], AwsAccess]

    def final(self, prefix: str, region: str) -> tuple[str, ...]:
        """Names that begin with `prefix`, sorted. Raises CloudFailed."""
        from engine.providers.aws import snapshots

        with failures.told("The final snapshots could not be listed."):
            return snapshots.final(self.access(), region, prefix)

    def delete(self, names: tuple[str, ...], region: str) -> None:
        """Delete them and wait until they are gone. Raises CloudFailed."""
        from engine.providers.aws import snapshots

        with failures.told("The final snapshots could not be deleted."):
            snapshots.delete(self.access(), region, names)
