"""Instances and groups that tenants share, in RDS and ElastiCache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from operations.adapters import failures
from operations.bundle import Shard

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess

_WHAT: Final = "What tenants share could not be looked at."


@dataclass(frozen=True, slots=True)
class CloudShards:
    """Shards in the cloud; `access` is asked for each time, since a local cloud may have been restarted."""

    access: Callable[[], AwsAccess]

    def gone(self, shards: Sequence[Shard], region: str) -> tuple[Shard, ...]:
        """Those of them that the cloud does not know. Raises CloudFailed."""
        from engine.providers.aws import standing

        if not shards:
            return ()
        with failures.told(_WHAT):
            access = self.access()
            return tuple(each for each in shards if not standing.of(access, region, each.kind, each.name))

    def snapshot(self, shard: Shard, region: str) -> str:
        """The newest snapshot that there is of it; nothing where there is none. Raises CloudFailed."""
        from engine.providers.aws import standing

        with failures.told(_WHAT):
            return standing.newest(self.access(), region, shard.kind, shard.name)
