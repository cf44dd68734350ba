"""Where something that holds data goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, slots=True)
class Place:
    """Data subnets by zone, the group that only workloads reach, and the ARN of the key it is encrypted with."""

    subnet_ids: Sequence[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]
    key: pulumi.Output[str]
