"""What metering asks of where records are kept, and of clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from operations.registry.model import Record
from operations.usage.gpus import Use
from operations.usage.month import Month


class Uses(Protocol):
    """Records of use. Every method is one transaction."""

    def add(self, environment: str, subject: str, incarnation: int, uses: Iterable[Use]) -> None:
        """Join these to what is known of the same pods. Adding them again changes nothing."""
        ...

    def of(self, environment: str, subject: str, month: Month) -> tuple[Use, ...]:
        """Uses of all incarnations of a tenant that reach into a month, sorted by uid."""
        ...


class Meter(Protocol):
    """What tenants use, as whoever administers their clusters and buckets."""

    def pods(self, of: Record) -> Sequence[Mapping[str, Any]]:
        """All pods of the tenant's namespace, those that have ended too. Raises CloudFailed."""
        ...

    def close(self, of: Record) -> None:
        """Let no new pod with GPUs in. Raises CloudFailed."""
        ...

    def open(self, of: Record) -> None:
        """Let them in again; where nothing was closed, nothing happens. Raises CloudFailed."""
        ...

    def objects(self, of: Record) -> int | None:
        """Bytes of all versions of its objects in a bucket that it shares, of which its alarm is told.

        None where no alarm of its waits for that. Raises CloudFailed.
        """
        ...
