"""What a pod gets that asks for nothing, and what pods need together. Cores and GB (as Kubernetes counts: GiB)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

POD_CPU: Final = 0.25
POD_MEMORY_GB: Final = 0.5
"""Requests of a container that says nothing. A container may use up to four times as much before it is stopped."""

BURST: Final = 4


@dataclass(frozen=True, slots=True)
class Needs:
    """The least that a namespace must have."""

    cpu: int
    memory_gb: int
    pods: int


def needed(pods: int) -> Needs:
    """What this many pods need that ask for nothing themselves; one pod at least."""
    many = max(pods, 1)
    return Needs(math.ceil(many * POD_CPU), math.ceil(many * POD_MEMORY_GB), many)
