"""Quotas of an account: its limits, and what is used of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.adapters import failures
from operations.quotas import Standing
from stacks.resources.quotas import EVERYWHERE, QUOTAS, Quota

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess


@dataclass(frozen=True, slots=True)
class CloudQuotas:
    """`known` are limits that are not to be asked for: all of them on a local cloud, which has no Service Quotas."""

    access: Callable[[], AwsAccess]
    known: Mapping[str, int]

    def standing(self, region: str, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Limit and use of these quotas. Raises CloudFailed."""
        from engine.providers.aws import quotas

        with failures.told(
            f"Quotas in {region} could not be looked at; nothing was sent.",
            next="The deployer needs servicequotas:GetServiceQuota and the right to list what counts.",
        ):
            access = self.access()
            used = {key: quotas.used(access, region, key) for key in keys}
            return {key: Standing(self._limit(access, region, QUOTAS[key]), used[key]) for key in keys}

    def _limit(self, access: AwsAccess, region: str, quota: Quota) -> int:
        from engine.providers.aws import quotas

        if quota.key in self.known:
            return self.known[quota.key]
        told = quotas.limit(access, EVERYWHERE if quota.whole else region, quota.service, quota.code)
        return quota.default if told is None else told
