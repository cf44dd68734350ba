"""Where something that holds data goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, slots=True)
class Place:
    """Data subnets by zone, the group that only workloads reach, and the ARN of the key it is encrypted with.

    There is no such group where the tenant has no data service of its own.
    """

    subnet_ids: Sequence[pulumi.Output[str]]
    security_group_id: pulumi.Output[str] | None
    key: pulumi.Output[str]

    @property
    def groups(self) -> list[pulumi.Output[str]]:
        """What guards it. Raises ValueError where there is none: data is never open to the whole VPC."""
        if self.security_group_id is None:
            raise ValueError("data of a tenant's own has a security group of its own")
        return [self.security_group_id]
