"""Instance classes that exist, as AWS lists them; what is not here is refused with the nearest that is.

RDS for PostgreSQL 16 and ElastiCache for Valkey 8, current generations only; EC2 types with an NVIDIA GPU, and others
for nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BURSTING: Final = "micro small medium large xlarge 2xlarge"
_GRAVITON: Final = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
_CURRENT_GRAVITON: Final = f"{_GRAVITON} 24xlarge 48xlarge"
_INTEL: Final = f"{_GRAVITON} 24xlarge 32xlarge"
_NVIDIA: Final = "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"


def _spell(prefix: str, families: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{prefix}{family}.{size}" for family, sizes in families.items() for size in sizes.split())


DATABASE: Final = _spell(
    "db.",
    {
        "t3": _BURSTING,
        "t4g": _BURSTING,
        "m5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
        "m6g": _GRAVITON,
        "m6i": _INTEL,
        "m7g": _GRAVITON,
        "m7i": f"{_GRAVITON} 24xlarge 48xlarge",
        "m8g": _CURRENT_GRAVITON,
        "r5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
        "r6g": _GRAVITON,
        "r6i": _INTEL,
        "r7g": _GRAVITON,
        "r7i": f"{_GRAVITON} 24xlarge 48xlarge",
        "r8g": _CURRENT_GRAVITON,
        "x2g": _GRAVITON,
        "x2iedn": "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge",
    },
)

CACHE: Final = _spell(
    "cache.",
    {
        "t3": "micro small medium",
        "t4g": "micro small medium",
        "m5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
        "m6g": _GRAVITON,
        "m7g": _GRAVITON,
        "r5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
        "r6g": _GRAVITON,
        "r7g": _GRAVITON,
        "r6gd": "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
        "c7gn": _GRAVITON,
    },
)

GPU: Final = _spell(
    "",
    {
        "g4dn": "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal",
        "g5": _NVIDIA,
        "g5g": "xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal",
        "g6": _NVIDIA,
        "g6e": _NVIDIA,
        "gr6": "4xlarge 8xlarge",
        "p3dn": "24xlarge",
        "p4d": "24xlarge",
        "p4de": "24xlarge",
        "p5": "4xlarge 48xlarge",
        "p5e": "48xlarge",
        "p5en": "48xlarge",
        "p6-b200": "48xlarge",
    },
)

_NODE_SIZES: Final = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
NODE_FAMILIES: Final = ("c6i", "c7g", "c7i", "m6i", "m7g", "m7i", "m8g", "r6i", "r7g", "r7i")
NODE: Final = _spell("", dict.fromkeys(NODE_FAMILIES, _NODE_SIZES))
"""EC2 types for nodes without GPUs: of generations whose network cards give pods security groups of their own."""

KUBERNETES: Final = ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
"""Versions that EKS offers, the oldest first; those before the last four cost extended support."""
STANDARD_SUPPORT: Final = KUBERNETES[-4:]
