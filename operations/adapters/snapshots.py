"""Snapshots of databases, found by the stack that their tags or names carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess


@dataclass(frozen=True, slots=True)
class RdsSnapshots:
    """Snapshots in RDS; `access` is asked for each time, since a local cloud may have been restarted."""

    access: Callable[[], AwsAccess]

    def final(self, stack: str, region: str) -> tuple[str, ...]:
        """Names of the stack's snapshots, sorted."""
        from engine.providers.aws import snapshots

        return tuple(snapshots.final(self.access(), region, stack))

    def delete(self, stack: str, region: str) -> tuple[str, ...]:
        """Delete them; names of what was deleted."""
        from engine.providers.aws import snapshots

        return tuple(snapshots.delete(self.access(), region, stack))
